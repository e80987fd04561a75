// The ranges of a check's values.
#pragma once

#include <cstddef>
#include <cstdint>

#include "checks/check.h"

namespace evenkeel::daemon {

constexpr checks::Duration kMinInterval = std::chrono::milliseconds(10);
constexpr checks::Duration kMaxInterval = std::chrono::hours(24);
constexpr checks::Duration kMinTimeout = std::chrono::milliseconds(1);

constexpr std::size_t kMaxTcpText = 4096;  ///< send, expect: looked for in the first 4 KiB

constexpr std::size_t kMaxMethod = 32;
constexpr std::size_t kMaxPath = 2048;
constexpr std::size_t kMaxHost = 255;
constexpr std::size_t kMaxHeader = 4096;  ///< of a name, and of a value
constexpr std::size_t kMaxHeaders = 64;
constexpr std::uint16_t kMinStatus = 100, kMaxStatus = 599;
constexpr std::size_t kMaxStatuses = 500;
constexpr std::uint32_t kMaxBodyLimit = 16 * 1024 * 1024;
constexpr std::uint32_t kMaxHeaderLimit = 1024 * 1024;

}  // namespace evenkeel::daemon
