#include "daemon/config/parse_http_check.h"

#include <algorithm>
#include <charconv>

#include "checks/http_text.h"
#include "checks/request_text.h"

namespace evenkeel::daemon {
namespace {

std::optional<std::uint16_t> parse_status(std::string_view text) {
  std::uint16_t status = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, status);
  if (error != std::errc{} || rest != end || status < Statuses::kMin || status > Statuses::kMax) {
    return std::nullopt;
  }
  return status;
}

std::optional<checks::StatusRange> read_status(const Value& value, Diagnostics& diagnostics) {
  std::string text;
  if (const auto* const integer = value.node->as_integer()) text = std::to_string(integer->get());
  if (const auto* const string = value.node->as_string()) text = string->get();
  const std::size_t dash = text.find('-');
  const auto first = parse_status(std::string_view(text).substr(0, dash));
  const auto last =
      dash == std::string::npos ? first : parse_status(std::string_view(text).substr(dash + 1));
  if (first && last && *first <= *last) return checks::StatusRange{.first = *first, .last = *last};
  const std::string range =
      std::to_string(Statuses::kMin) + " .. " + std::to_string(Statuses::kMax);
  return report_mismatch(
      value, "a status or a range of them, " + range + ", such as 204 or \"200-299\"", diagnostics);
}

std::optional<std::vector<checks::StatusRange>> read_statuses(const Value& value,
                                                              Diagnostics& diagnostics) {
  const auto elements = read_array(value, "statuses", diagnostics);
  if (!elements) return std::nullopt;
  if (elements->empty()) {
    return diagnostics.error(value.place, value.name() + " is empty: no answer could pass");
  }
  if (elements->size() > Statuses::kMost) {
    return diagnostics.error(value.place, value.name() + " has more than " +
                                              std::to_string(Statuses::kMost) + " elements");
  }
  std::vector<checks::StatusRange> ranges;
  for (const Value& element : *elements) {
    if (const auto range = read_status(element, diagnostics)) ranges.push_back(*range);
  }
  return ranges;
}

/// Every field name is a key of its own: none is unknown, each value may differ per node.
std::vector<std::pair<std::string, std::string>> parse_headers(const PlacedTable& table,
                                                               Context& context) {
  std::vector<std::pair<std::string, std::string>> headers;
  for (const auto& [key, node] : *table.table) {
    const Place key_place = place_of(key, table.place);
    const std::string_view name = key.str();
    if (!checks::is_token(name) || name.size() > Headers::kLongest) {
      context.diagnostics.error(key_place, in_quotes(name) + " is not the name of an HTTP header");
      continue;
    }
    if (checks::equals_ignoring_case(name, "Host")) {
      context.diagnostics.error(key_place, "the Host header is set with \"host\"");
      continue;
    }
    if (checks::is_own_field(name)) {
      context.diagnostics.error(key_place,
                                in_quotes(name) + " cannot be set: the check writes it itself");
      continue;
    }
    for (const auto& [other, value] : headers) {
      if (checks::equals_ignoring_case(name, other)) {
        context.diagnostics.error(key_place, in_quotes(name) + " is given twice");
      }
    }
    auto value = read_kind(value_at(node, table.place, name), checks::kHeaderValue, context);
    if (value) headers.emplace_back(name, std::move(*value));
  }
  if (headers.size() > Headers::kMost) {
    context.diagnostics.error(
        table.place, "\"headers\" has more than " + std::to_string(Headers::kMost) + " headers");
  }
  return headers;
}

std::string status_text(const checks::StatusRange& range) {
  const std::string first = std::to_string(range.first);
  return range.first == range.last ? first : first + "-" + std::to_string(range.last);
}

/// Warnings about values with which the check may never pass.
void report_warnings(const checks::HttpCheck& http, const Written<CheckTemplate>& check) {
  constexpr std::uint16_t kSwitching = 101;  // of 1xx the one that is final (RFC 9110 15.2.2)
  const auto is_bodiless = [](const checks::StatusRange& range) {
    return range.first == range.last && (range.first == 204 || range.first == 304);
  };
  for (const checks::StatusRange& range : http.status) {
    const bool has_final = range.first <= kSwitching && kSwitching <= range.last;
    if (range.last >= 200 || (has_final && range.first == range.last)) continue;
    check.warn("status",
               "\"status\": 1xx answers are interim but for 101, and the check waits for the "
               "final one: " +
                   (has_final ? "of " + status_text(range) + " only 101 passes"
                              : status_text(range) + " never passes"));
  }
  if (!http.body.empty() && std::all_of(http.status.begin(), http.status.end(), is_bodiless)) {
    check.warn("body", "\"body\" cannot be found: answers of \"status\" have none");
  }
}

}  // namespace

void parse_rest(checks::HttpCheck& http, Written<CheckTemplate>& check) {
  if (checks::equals_ignoring_case(http.method, "CONNECT")) {
    check.error("method", "\"method\" must be one whose answer is a status, not CONNECT");
  }
  if (const PlacedTable headers = check.table("headers"); headers.table) {
    http.headers = parse_headers(headers, check.context());
  }
  auto statuses = check.read("status", [&](const Value& value) {
    return read_statuses(value, check.context().diagnostics);
  });
  if (statuses) http.status = std::move(*statuses);
  if (http.body.size() > http.body_limit) {
    check.error("body", "\"body\" is longer than \"body_limit\": it could never be found");
  }
  if (!http.body.empty() && http.method == "HEAD") {
    check.error("body", "\"body\" cannot be found: the answer to HEAD has none");
  }
  report_warnings(http, check);
}

}  // namespace evenkeel::daemon
