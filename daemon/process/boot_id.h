// The ID of this boot of the host. The files in the runtime directory carry it: the state that they
// describe ends with the boot.
#pragma once

#include <string>
#include <string_view>

namespace evenkeel::daemon {

/// /proc/sys/kernel/random/boot_id, 36 octets; "": cannot be read.
[[nodiscard]] std::string boot_id();

/// True: `written` and `now` are the IDs of two boots. False where either is not known.
[[nodiscard]] bool is_of_another_boot(std::string_view written, std::string_view now);

}  // namespace evenkeel::daemon
