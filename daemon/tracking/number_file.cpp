#include "daemon/tracking/number_file.h"

#include <algorithm>
#include <charconv>

namespace evenkeel::daemon {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) + 1 - begin);
}

}  // namespace

tl::expected<std::int16_t, NumberError> parse_number_file(std::string_view text) {
  if (text.size() > kMaxNumberFile) return tl::unexpected(NumberError::TooLong);
  std::string_view digits = trimmed(text);
  if (digits.empty()) return tl::unexpected(NumberError::Empty);
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (end != digits.data() + digits.size() || error == std::errc::invalid_argument) {
    return tl::unexpected(NumberError::NotANumber);
  }
  if (error != std::errc() || number < -vrrp::kMaxTrackWeight || number > vrrp::kMaxTrackWeight) {
    return tl::unexpected(NumberError::OutOfRange);
  }
  return static_cast<std::int16_t>(number);
}

std::string explain(NumberError error, std::string_view text) {
  std::string reason(fields::to_string(error));
  if (error == NumberError::Empty || error == NumberError::TooLong) return reason;
  std::string shown(trimmed(text));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return reason + ": \"" + shown + "\"";
}

}  // namespace evenkeel::daemon
