// How many descriptors a process of ours may have.
#pragma once

namespace evenkeel::daemon {

/// As many as the hard limit says (RLIMIT_NOFILE), for this process and those that it starts.
void raise_descriptor_limit();

}  // namespace evenkeel::daemon
