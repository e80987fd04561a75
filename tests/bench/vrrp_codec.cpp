// Nanoseconds a packet to decode and to encode an advertisement, against a floor of the same run:
// the bare ones-complement sum over the same octets, which every packet has to pay.
// Anywhere: build/release/bin/vrrp_codec
#include <benchmark/benchmark.h>
#include <ctime>
#include <vector>

#include "vrrp/advertisement.h"
#include "vrrp/bytes.h"

namespace {

using namespace evenkeel::vrrp;

/// Of the family and with the number of addresses that the benchmark's arguments say.
class Sample {
 public:
  explicit Sample(const benchmark::State& state)
      : family_(state.range(0) == 4 ? Family::IPv4 : Family::IPv6),
        addresses_(static_cast<std::size_t>(state.range(1)) * (family_ == Family::IPv4 ? 4 : 16),
                   0x20),
        source_(boost::asio::ip::make_address(family_ == Family::IPv4 ? "192.0.2.1" : "fe80::1")),
        destination_(multicast_group(family_)) {}

  [[nodiscard]] AdvertisementBytes encode() const {
    return encode_advertisement({.family = family_,
                                 .virtual_router_id = 51,
                                 .priority = 200,
                                 .interval = std::chrono::seconds(1),
                                 .addresses = addresses_},
                                ChecksumForm::PseudoHeader, source_, destination_);
  }
  [[nodiscard]] Datagram datagram(const AdvertisementBytes& bytes) const {
    return {.family = family_,
            .octets = bytes.octets(),
            .source = source_,
            .destination = destination_,
            .hop_limit = kHopLimit};
  }

 private:
  Family family_;
  std::vector<std::uint8_t> addresses_;
  Address source_;
  Address destination_;
};

void sum(std::span<const std::uint8_t> octets) {
  benchmark::DoNotOptimize(octets);
  OnesComplementSum sum;
  sum.add(octets);
  benchmark::DoNotOptimize(sum.complement());
}

/// Shows how many times the floor an iteration takes, of processor time.
void compare_with_floor(benchmark::State& state, const AdvertisementBytes& bytes) {
  constexpr int kRounds = 2'000'000;
  const std::clock_t start = std::clock();
  for (int round = 0; round < kRounds; ++round) sum(bytes.octets());
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / kRounds;
  state.counters["times_the_floor"] = benchmark::Counter(
      seconds, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void floor_sum(benchmark::State& state) {
  const AdvertisementBytes bytes = Sample(state).encode();
  for (auto _ : state) sum(bytes.octets());
}

void decode(benchmark::State& state) {
  const Sample sample(state);
  const AdvertisementBytes bytes = sample.encode();
  Datagram datagram = sample.datagram(bytes);
  if (!decode_advertisement(datagram)) state.SkipWithError("the sample is refused");
  for (auto _ : state) {
    benchmark::DoNotOptimize(datagram);
    auto received = decode_advertisement(datagram);
    benchmark::DoNotOptimize(received);
  }
  compare_with_floor(state, bytes);
}

void encode(benchmark::State& state) {
  const Sample sample(state);
  for (auto _ : state) {
    AdvertisementBytes bytes = sample.encode();
    benchmark::DoNotOptimize(bytes);
  }
  compare_with_floor(state, sample.encode());
}

void samples(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"family", "addresses"})
      ->Args({4, 1})
      ->Args({4, 20})
      ->Args({4, 255})
      ->Args({6, 2})
      ->Args({6, 90});
}

BENCHMARK(floor_sum)->Apply(samples);
BENCHMARK(decode)->Apply(samples);
BENCHMARK(encode)->Apply(samples);

}  // namespace

BENCHMARK_MAIN();
