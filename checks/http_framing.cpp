#include "checks/http_framing.h"

#include <charconv>

#include "checks/http_text.h"

namespace evenkeel::checks {
namespace {

constexpr std::size_t kMaxCoding = 16;

std::optional<std::uint64_t> to_length(std::string_view text) {
  std::uint64_t length = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, length);
  // from_chars takes a minus sign where the type is signed only; a plus sign never.
  if (error != std::errc{} || rest != end) return std::nullopt;
  return length;
}

}  // namespace

void HttpFraming::add(std::string_view name, std::string_view value, bool is_cut) {
  if (equals_ignoring_case(name, "Content-Length")) return add_length(value, is_cut);
  if (equals_ignoring_case(name, "Transfer-Encoding")) {
    is_transfer_coding_cut_ = is_transfer_coding_cut_ || is_cut;
    while (const auto coding = next_element(value)) add_transfer_coding(*coding);
  } else if (equals_ignoring_case(name, "Content-Encoding")) {
    while (const auto coding = next_element(value)) add_coding(*coding);
  }
}

void HttpFraming::add_length(std::string_view value, bool is_cut) {
  std::string_view list = value;
  bool is_empty = true;
  while (const auto element = next_element(list)) {
    is_empty = false;
    const auto length = to_length(*element);
    if (!length || is_cut) {
      length_problem_ = "Content-Length is " + quoted(*element);
    } else if (length_ && *length_ != *length) {
      length_problem_ =
          "Content-Length is " + std::to_string(*length_) + " and " + std::to_string(*length);
    } else {
      length_ = length;  // the same once more is the same (RFC 9110 section 8.6)
    }
  }
  if (is_empty) length_problem_ = "Content-Length is empty";
}

void HttpFraming::add_transfer_coding(std::string_view coding) {
  if (equals_ignoring_case(coding, "identity")) return;  // RFC 2616, gone since
  has_transfer_coding_ = true;
  is_chunked_last_ = equals_ignoring_case(coding, "chunked");
  if (is_chunked_last_) {
    ++chunked_;
  } else {
    add_coding(coding);
  }
}

void HttpFraming::add_coding(std::string_view coding) {
  if (coding_.empty() && is_token(coding) && !equals_ignoring_case(coding, "identity")) {
    coding_ = coding.substr(0, kMaxCoding);
  }
}

std::optional<std::string> HttpFraming::problem() const {
  if (is_transfer_coding_cut_) return "Transfer-Encoding is too long";
  if (chunked_ > 1) return "Transfer-Encoding says chunked twice";
  if (!has_transfer_coding_ && !length_problem_.empty()) return length_problem_;
  return std::nullopt;
}

std::optional<std::uint64_t> HttpFraming::length() const {
  return has_transfer_coding_ ? std::nullopt : length_;
}

}  // namespace evenkeel::checks
