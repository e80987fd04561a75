// A small generator of its own: std's distributions differ from one library to the next, and a seed
// must mean the same run everywhere (splitmix64).
#pragma once

#include <cstdint>

#include "vrrp/types.h"

namespace evenkeel::vrrp::simulator {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  /// 0 .. limit - 1.
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }
  bool percent(unsigned chance) { return next() % 100 < chance; }
  Duration between(Duration from, Duration to) {
    return from + Duration(static_cast<Duration::rep>(
                      next() % static_cast<std::uint64_t>((to - from).count() + 1)));
  }

 private:
  std::uint64_t state_;
};

}  // namespace evenkeel::vrrp::simulator
