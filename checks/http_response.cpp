#include "checks/http_response.h"

#include <algorithm>

#include "checks/http_match.h"
#include "checks/http_text.h"

namespace evenkeel::checks {

HttpResponse::HttpResponse(const HttpCheck& check)
    : check_(check),
      reader_(check.method == "HEAD", check.header_limit),
      search_(check.body, check.body_limit) {}

std::optional<ProbeResult> HttpResponse::add(std::string_view& bytes) {
  for (;;) {
    std::optional<ProbeResult> result;
    switch (reader_.next(bytes)) {
      case HttpReader::Step::NeedsMore:
        return std::nullopt;
      case HttpReader::Step::Head:
        result = judge_head();
        break;
      case HttpReader::Step::Body:
        result = judge_piece();
        break;
      case HttpReader::Step::End:
        return not_found(Reason::HttpBody);
      case HttpReader::Step::TooLarge:
        return ProbeResult{Reason::HeaderTooLarge,
                           "over " + std::to_string(check_.header_limit) + " octets"};
      case HttpReader::Step::Malformed:
        return ProbeResult{Reason::HttpMalformed, reader_.problem()};
    }
    if (result) return result;
  }
}

std::optional<ProbeResult> HttpResponse::judge_head() const {
  const std::string status = std::to_string(reader_.status());
  if (!is_accepted(static_cast<std::uint16_t>(reader_.status()), check_.status)) {
    return ProbeResult{Reason::HttpStatus, status};
  }
  if (search_.state() == StreamSearch::State::Found) return ProbeResult{Reason::Passed, status};
  return std::nullopt;
}

std::optional<ProbeResult> HttpResponse::judge_piece() {
  switch (search_.add(reader_.piece())) {
    case StreamSearch::State::Found:
      return ProbeResult{Reason::Passed, std::to_string(reader_.status())};
    case StreamSearch::State::LimitReached:
      return not_found(Reason::BodyTooLarge);
    case StreamSearch::State::Searching:
      break;
  }
  return std::nullopt;
}

ProbeResult HttpResponse::end() const {
  if (!reader_.has_begun()) return {Reason::Reset, "closed without an answer"};
  if (!reader_.is_head_done()) return {Reason::HttpIncomplete, "closed within the headers"};
  if (reader_.ends_with_connection()) return not_found(Reason::HttpBody);
  return {Reason::HttpIncomplete, std::to_string(reader_.status()) + ", closed within the body"};
}

/// The search is in the octets as they came: a compressed body does not contain its text.
ProbeResult HttpResponse::not_found(Reason reason) const {
  std::string detail = std::to_string(reader_.status()) + ", " +
                       std::to_string(search_.searched()) + " octets searched";
  const std::string& coding = reader_.framing().coding();
  if (!coding.empty() && search_.searched() > 0) {
    const bool is_asked_for = std::any_of(
        check_.headers.begin(), check_.headers.end(),
        [](const auto& header) { return equals_ignoring_case(header.first, "Accept-Encoding"); });
    detail += ": compressed body (" + coding + (is_asked_for ? ")" : "), not asked for");
  }
  return {reason, detail};
}

}  // namespace evenkeel::checks
