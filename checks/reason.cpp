#include "checks/reason.h"

#include "checks/check.h"

namespace evenkeel::checks {

bool is_wrong_answer(Reason reason) {
  switch (reason) {
    case Reason::TcpExpect:
    case Reason::HttpStatus:
    case Reason::HttpBody:
    case Reason::HttpMalformed:
    case Reason::HeaderTooLarge:
    case Reason::BodyTooLarge:
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

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::Passed:
      return "passed";
    case Reason::ConnectRefused:
      return "connect refused";
    case Reason::ConnectTimeout:
      return "connect timeout";
    case Reason::Unreachable:
      return "unreachable";
    case Reason::Reset:
      return "connection reset";
    case Reason::Deadline:
      return "deadline passed";
    case Reason::TcpExpect:
      return "expected bytes missing";
    case Reason::HttpStatus:
      return "HTTP status";
    case Reason::HttpBody:
      return "expected body missing";
    case Reason::HttpMalformed:
      return "malformed HTTP answer";
    case Reason::HeaderTooLarge:
      return "HTTP headers too large";
    case Reason::BodyTooLarge:
      return "HTTP body too large";
    case Reason::LocalError:
      return "local error";
  }
  return "?";
}

std::string_view name(Reason reason) {
  switch (reason) {
    case Reason::Passed:
      return "passed";
    case Reason::ConnectRefused:
      return "connect_refused";
    case Reason::ConnectTimeout:
      return "connect_timeout";
    case Reason::Unreachable:
      return "unreachable";
    case Reason::Reset:
      return "reset";
    case Reason::Deadline:
      return "deadline";
    case Reason::TcpExpect:
      return "tcp_expect";
    case Reason::HttpStatus:
      return "http_status";
    case Reason::HttpBody:
      return "http_body";
    case Reason::HttpMalformed:
      return "http_malformed";
    case Reason::HeaderTooLarge:
      return "header_too_large";
    case Reason::BodyTooLarge:
      return "body_too_large";
    case Reason::LocalError:
      return "local_error";
  }
  return "?";
}

std::optional<Reason> reason_from_number(std::uint8_t number) {
  if (number > static_cast<std::uint8_t>(Reason::LocalError)) return std::nullopt;
  return static_cast<Reason>(number);
}

std::string_view to_string(Health health) {
  switch (health) {
    case Health::Unknown:
      return "unknown";
    case Health::Up:
      return "up";
    case Health::Down:
      return "down";
  }
  return "?";
}

}  // namespace evenkeel::checks
