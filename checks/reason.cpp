#include "checks/reason.h"

namespace evenkeel::checks {

bool is_wrong_answer(Reason reason) {
  switch (reason) {
    case Reason::TcpExpect:
    case Reason::HttpStatus:
    case Reason::HttpBody:
    case Reason::HttpMalformed:
    case Reason::HeaderTooLarge:
    case Reason::BodyTooLarge:
    case Reason::HttpIncomplete:
      return true;
    case Reason::Passed:
    case Reason::ConnectRefused:
    case Reason::ConnectTimeout:
    case Reason::Unreachable:
    case Reason::Reset:
    case Reason::Deadline:
    case Reason::LocalError:
      return false;
  }
  return false;
}

}  // namespace evenkeel::checks
