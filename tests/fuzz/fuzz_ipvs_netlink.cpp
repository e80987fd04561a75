// A whole received buffer, through every decoder of ipvs/codec.h.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ipvs/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evenkeel::ipvs;
  const auto* first = reinterpret_cast<const std::byte*>(data);
  const std::vector<std::byte> buffer(first, first + size);  // aligned, as a receive buffer is

  std::span<const std::byte> rest(buffer);
  for (auto answer = next_answer(rest); answer && *answer; answer = next_answer(rest)) {
    if ((*answer)->is_result()) static_cast<void>(decode_result(**answer));
    if (const auto service = decode_service(**answer); service) {
      // What was decoded can be written, and is then the same.
      Requests requests;
      requests.restart((*answer)->type, (*answer)->sequence);
      requests.put_operation({OperationKind::AddService, service->service, {}});
      std::span<const std::byte> written = requests.bytes();
      const auto again = next_answer(written);
      const auto same = decode_service(again->value());
      const bool fits = service->service.scheduler.size() <= 15 &&
                        service->service.persistence_engine.size() <= 16;
      if (fits && (!same || same->service != service->service)) __builtin_trap();
    }
    for (const Family family : {Family::Ipv4, Family::Ipv6}) {
      static_cast<void>(decode_destination(**answer, family));
    }
    static_cast<void>(decode_info(**answer));
    static_cast<void>(decode_timeouts(**answer));
    static_cast<void>(decode_family_id(**answer));
  }
  BatchResults results(1, 256);
  static_cast<void>(results.take(buffer));
  return 0;
}
