// The lines above the table: who and what runs, and a line for each thing that is wrong.
//
// Pure.
#pragma once

#include <string>

#include "daemon/balancer/snapshot.h"

namespace evenkeel::daemon {

/// "evenkeel 0.1.0 on lb1   configuration 7c1e4f, generation 4, loaded 3d ago   kernel in sync";
/// narrow: the kernel on a line of its own.
void append_head(std::string& out, const Snapshot& snapshot, bool color, bool narrow);

/// Nothing when all is well.
void append_problems(std::string& out, const Snapshot& snapshot, bool color);

}  // namespace evenkeel::daemon
