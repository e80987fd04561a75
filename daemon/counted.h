// "1 service", "3 services": for people. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace evenkeel::daemon {

[[nodiscard]] inline std::string counted(std::uint64_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace evenkeel::daemon
