#include "checks/reason.h"

namespace evenkeel::checks {
namespace {

struct Names {
  std::string_view text, name;
};

Names names(Reason reason) {
  switch (reason) {
    case Reason::Passed:
      return {"passed", "passed"};
    case Reason::ConnectRefused:
      return {"connect refused", "connect_refused"};
    case Reason::ConnectTimeout:
      return {"connect timeout", "connect_timeout"};
    case Reason::Unreachable:
      return {"unreachable", "unreachable"};
    case Reason::Reset:
      return {"connection reset", "reset"};
    case Reason::Deadline:
      return {"deadline passed", "deadline"};
    case Reason::TcpExpect:
      return {"expected bytes missing", "tcp_expect"};
    case Reason::HttpStatus:
      return {"HTTP status", "http_status"};
    case Reason::HttpBody:
      return {"expected body missing", "http_body"};
    case Reason::HttpMalformed:
      return {"malformed HTTP answer", "http_malformed"};
    case Reason::HeaderTooLarge:
      return {"HTTP headers too large", "header_too_large"};
    case Reason::BodyTooLarge:
      return {"HTTP body too large", "body_too_large"};
    case Reason::HttpIncomplete:
      return {"HTTP answer cut short", "http_incomplete"};
    case Reason::LocalError:
      return {"local error", "local_error"};
  }
  return {"?", "?"};
}

}  // namespace

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

std::string_view to_string(Reason reason) {
  return names(reason).text;
}

std::string_view name(Reason reason) {
  return names(reason).name;
}

std::optional<Reason> reason_from_name(std::string_view name) {
  for (std::uint8_t number = 0; const auto reason = reason_from_number(number); ++number) {
    if (names(*reason).name == name) return reason;
  }
  return std::nullopt;
}

std::optional<Reason> reason_from_number(std::uint8_t number) {
  if (number > static_cast<std::uint8_t>(Reason::LocalError)) return std::nullopt;
  return static_cast<Reason>(number);
}

}  // namespace evenkeel::checks
