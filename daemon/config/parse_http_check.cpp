#include "daemon/config/parse_http_check.h"

#include <algorithm>
#include <charconv>

#include "daemon/config/check_limits.h"
#include "daemon/config/http_text.h"

namespace evenkeel::daemon {
namespace {

std::optional<std::string> read_text(const Value& value, bool (*is_allowed)(std::string_view),
                                     std::size_t longest, std::string_view expected,
                                     Diagnostics& diagnostics) {
  const auto* const string = value.node->as_string();
  if (string && string->get().size() <= longest && is_allowed(string->get())) return string->get();
  report_mismatch(value, expected, diagnostics);
  return std::nullopt;
}

std::optional<std::uint16_t> parse_status(std::string_view text) {
  std::uint16_t status = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, status);
  if (error != std::errc{} || rest != end || status < kMinStatus || status > kMaxStatus)
    return std::nullopt;
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
  report_mismatch(value, "a status or a range of them, 100 .. 599, such as 204 or \"200-299\"",
                  diagnostics);
  return std::nullopt;
}

std::optional<std::vector<checks::StatusRange>> read_statuses(const Value& value,
                                                              Diagnostics& diagnostics) {
  const auto elements = read_array(value, "statuses", diagnostics);
  if (!elements) return std::nullopt;
  if (elements->empty()) {
    diagnostics.error(value.place, value.name() + " is empty: no answer could pass");
    return std::nullopt;
  }
  if (elements->size() > kMaxStatuses) {
    diagnostics.error(value.place, value.name() + " has more than 500 elements");
    return std::nullopt;
  }
  std::vector<checks::StatusRange> ranges;
  for (const Value& element : *elements) {
    if (const auto range = read_status(element, diagnostics)) ranges.push_back(*range);
  }
  return ranges;
}

/// Every field name is a key of its own: none is unknown, each value may differ per node.
std::vector<std::pair<std::string, std::string>> parse_headers(const toml::table& table,
                                                               Place place, Context& context) {
  std::vector<KnownKey> names;
  for (const auto& [key, node] : table) names.push_back({key.str()});
  const KnownTable known{.name = "check.headers", .title = "the headers", .keys = names};
  TableReader reader(table, place, known, context);

  std::vector<std::pair<std::string, std::string>> headers;
  for (const auto& [key, node] : table) {
    const Place key_place = place_of(key, place);
    const std::string_view name = key.str();
    if (!is_http_token(name) || name.size() > kMaxHeader) {
      context.diagnostics.error(key_place, in_quotes(name) + " is not the name of an HTTP header");
      continue;
    }
    if (equals_ignoring_case(name, "Host")) {
      context.diagnostics.error(key_place, "the Host header is set with \"host\"");
      continue;
    }
    if (is_own_http_field(name)) {
      context.diagnostics.error(key_place,
                                in_quotes(name) + " cannot be set: the check writes it itself");
      continue;
    }
    for (const auto& [other, value] : headers) {
      if (equals_ignoring_case(name, other)) {
        context.diagnostics.error(key_place, in_quotes(name) + " is given twice");
      }
    }
    auto value = reader.read(name, [&](const Value& written) {
      return read_text(
          written, is_http_field_value, kMaxHeader,
          "a header value of at most 4096 octets, without control characters or blanks "
          "at its ends",
          context.diagnostics);
    });
    if (value) headers.emplace_back(name, std::move(*value));
  }
  if (headers.size() > kMaxHeaders) {
    context.diagnostics.error(place, "\"headers\" has more than 64 headers");
  }
  return headers;
}

std::string to_string(const checks::StatusRange& range) {
  const std::string first = std::to_string(range.first);
  return range.first == range.last ? first : first + "-" + std::to_string(range.last);
}

/// What could be meant, and never passes.
void report_doubts(const checks::HttpCheck& http, TableReader& reader) {
  constexpr std::uint16_t kSwitching = 101;  // of 1xx the one that is final (RFC 9110 15.2.2)
  const auto is_bodiless = [](const checks::StatusRange& range) {
    return range.first == range.last && (range.first == 204 || range.first == 304);
  };
  for (const checks::StatusRange& range : http.status) {
    const bool has_final = range.first <= kSwitching && kSwitching <= range.last;
    if (range.last >= 200 || (has_final && range.first == range.last)) continue;
    reader.warn("status",
                "\"status\": 1xx answers are interim but for 101, and the check waits for the "
                "final one: " +
                    (has_final ? "of " + to_string(range) + " only 101 passes"
                               : to_string(range) + " never passes"));
  }
  if (!http.body.empty() && std::all_of(http.status.begin(), http.status.end(), is_bodiless)) {
    reader.warn("body", "\"body\" cannot be found: answers of \"status\" have none");
  }
}

}  // namespace

checks::HttpCheck parse_http_check(TableReader& reader, Context& context) {
  const auto text = [&](std::string_view key, bool (*is_allowed)(std::string_view),
                        std::size_t longest, std::string_view expected, std::string& into,
                        std::string (*doubt)(std::string_view) = nullptr) {
    auto read = reader.read(key, [&](const Value& value) {
      auto found = read_text(value, is_allowed, longest, expected, context.diagnostics);
      const std::string why = found && doubt ? doubt(*found) : "";
      if (!why.empty()) context.diagnostics.warn(value.place, value.name() + ": " + why);
      return found;
    });
    if (read) into = std::move(*read);
  };

  checks::HttpCheck http;
  text("method", is_http_token, kMaxMethod, "an HTTP method such as \"GET\"", http.method,
       doubt_about_method);
  if (equals_ignoring_case(http.method, "CONNECT")) {
    reader.error("method", "\"method\" must be one whose answer is a status, not CONNECT");
  }
  text("path", is_http_path, kMaxPath,
       "a path that starts with \"/\", of at most 2048 visible ASCII characters (others are "
       "percent-encoded)",
       http.path);
  text("host", is_http_host, kMaxHost, "a host name, with a port if it is not the default",
       http.host, doubt_about_host);
  if (const toml::table* const headers = reader.table("headers")) {
    http.headers = parse_headers(*headers, reader.place_of_value("headers"), context);
  }
  auto statuses = reader.read(
      "status", [&](const Value& value) { return read_statuses(value, context.diagnostics); });
  if (statuses) http.status = std::move(*statuses);
  if (auto body = reader.string("body")) http.body = std::move(*body);
  if (const auto limit = reader.integer("body_limit", {.min = 1, .max = kMaxBodyLimit})) {
    http.body_limit = static_cast<std::uint32_t>(*limit);
  }
  if (const auto limit = reader.integer("header_limit", {.min = 1, .max = kMaxHeaderLimit})) {
    http.header_limit = static_cast<std::uint32_t>(*limit);
  }
  if (http.body.size() > http.body_limit) {
    reader.error("body", "\"body\" is longer than \"body_limit\": it could never be found");
  }
  if (!http.body.empty() && http.method == "HEAD") {
    reader.error("body", "\"body\" cannot be found: the answer to HEAD has none");
  }
  report_doubts(http, reader);
  return http;
}

}  // namespace evenkeel::daemon
