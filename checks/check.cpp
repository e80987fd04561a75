#include "checks/check.h"

#include <functional>

namespace evenkeel::checks {
namespace {

class Hash {
 public:
  template <class T>
  void add(const T& value) {
    // The multiplier is 2^64 divided by the golden ratio: it spreads small numbers, such as the
    // consecutive addresses and ports of a pool.
    state_ = (state_ ^ std::hash<T>{}(value)) * 0x9e3779b97f4a7c15U;
    state_ ^= state_ >> 32U;
  }
  [[nodiscard]] std::size_t value() const { return state_; }

 private:
  std::size_t state_ = 0;
};

void add(Hash& hash, const TcpCheck& check) {
  hash.add(check.send);
  hash.add(check.expect);
}

void add(Hash& hash, const HttpCheck& check) {
  hash.add(check.method);
  hash.add(check.path);
  hash.add(check.host);
  for (const auto& [name, value] : check.headers) {
    hash.add(name);
    hash.add(value);
  }
  for (const StatusRange& range : check.status) {
    hash.add(range.first);
    hash.add(range.last);
  }
  hash.add(check.body);
  hash.add(check.body_limit);
  hash.add(check.header_limit);
}

}  // namespace

Check probe_of(const Check& check) {
  Check result;
  result.probe = check.probe;
  result.address = check.address;
  result.port = check.port;
  return result;
}

std::size_t hash_value(const Check& check) {
  Hash hash;
  hash.add(check.address);
  hash.add(check.port);
  hash.add(check.probe.index());
  std::visit([&hash](const auto& probe) { add(hash, probe); }, check.probe);
  for (const Duration duration :
       {check.interval, check.timeout, check.fast_interval, check.down_interval}) {
    hash.add(duration.count());
  }
  hash.add(check.rise);
  hash.add(check.fall);
  return hash.value();
}

}  // namespace evenkeel::checks
