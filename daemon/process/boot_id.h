// Which boot of the host this is. What we leave in the runtime directory says so: nothing of what
// it is about outlives a boot.
#pragma once

#include <string>
#include <string_view>

namespace evenkeel::daemon {

/// /proc/sys/kernel/random/boot_id, 36 octets; "": cannot be read.
[[nodiscard]] std::string boot_id();

/// True: written by a process of another boot than this one. Where either is not known: false.
[[nodiscard]] bool is_of_another_boot(std::string_view written, std::string_view now);

}  // namespace evenkeel::daemon
