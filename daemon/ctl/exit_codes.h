// Exit codes of `evenkeel` itself; those of an answer are the daemon's.
#pragma once

namespace evenkeel::ctl {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;  ///< the command line, or the configuration, is wrong
/// Of what shows state, when there is no answer: no daemon is no service, as far as we can tell.
constexpr int kDown = 2;

}  // namespace evenkeel::ctl
