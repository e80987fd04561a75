// The programs that may be run, as the spawner is given them: the content of a sealed memfd.
//
// Pure. Written and read by this pair of functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/fields/bytes.h"
#include "daemon/spawner/program.h"

namespace evenkeel::daemon {

/// Of an encoded list: far more than kMaxPrograms ordinary ones. The spawner reads none that is
/// longer.
constexpr std::size_t kMaxListOctets = std::size_t{1} << 27U;

/// Equal lists give equal bytes.
[[nodiscard]] std::vector<std::byte> encode_programs(const std::vector<Program>& list);

/// The inverse. BadValue also for what no list of main has, and what would run as something else
/// than it says: ids that do not ascend, no argument, a file that is no absolute path, a NUL within
/// a text, an entry of the environment without a name, a timeout of 0 or above
/// kMaxTimeout, a user or group of 2^32 - 1 (setresuid(2) and setresgid(2) take that for "as
/// before").
[[nodiscard]] tl::expected<std::vector<Program>, fields::BytesError> decode_programs(
    std::span<const std::byte> bytes);

/// RLIMIT_NPROC for each user of the list. The kernel counts all processes of a user, whoever has
/// started them: each program of the user adds kProcesses.
constexpr std::uint32_t kProcesses = 64;
[[nodiscard]] std::map<std::uint32_t, std::uint32_t> process_limits(
    const std::vector<Program>& list);

}  // namespace evenkeel::daemon
