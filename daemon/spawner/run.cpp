#include "daemon/spawner/run.h"

#include <system_error>

namespace evenkeel::daemon {

std::string to_string(const RunEnded& ended) {
  std::string how(to_string(ended.how));
  switch (ended.how) {
    case RunEnd::Exit:
    case RunEnd::Signal:
      return how + " " + std::to_string(ended.number);
    case RunEnd::CannotRun:
      return how + ": " + std::string(to_string(ended.step)) + ": " +
             std::error_code(ended.number, std::generic_category()).message();
    case RunEnd::Deadline:
    case RunEnd::Lost:
    case RunEnd::CutOff:
    case RunEnd::Withdrawn:
      return how;
  }
  return how;
}

}  // namespace evenkeel::daemon
