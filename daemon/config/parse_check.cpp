#include "daemon/config/parse_check.h"

#include <algorithm>
#include <array>

#include "daemon/config/check_limits.h"
#include "daemon/config/duration.h"
#include "daemon/config/parse_http_check.h"

namespace evenkeel::daemon {
namespace {

constexpr std::array<std::string_view, 2> kTypes = {"tcp", "http"};
constexpr std::array<std::string_view, 8> kLaterTypes = {"https", "dns",    "udp",   "ping",
                                                         "smtp",  "script", "agent", "file"};
constexpr std::array<std::string_view, 2> kTcpKeys = {"send", "expect"};
constexpr std::array<std::string_view, 8> kHttpKeys = {
    "method", "path", "host", "headers", "status", "body", "body_limit", "header_limit"};

void refuse_keys(TableReader& reader, std::span<const std::string_view> keys,
                 std::string_view belongs_to, std::string_view type) {
  for (const std::string_view key : keys) {
    if (!reader.has(key)) continue;
    reader.error(key, in_quotes(key) + " belongs to a check of type " + in_quotes(belongs_to) +
                          ", not to one of type " + in_quotes(type));
  }
}

checks::TcpCheck parse_tcp_check(TableReader& reader, Context& context) {
  const auto octets = [&](std::string_view key) {
    const auto text = reader.read(key, [&](const Value& value) -> std::optional<std::string> {
      auto read = read_string(value, context.diagnostics);
      if (!read || read->size() <= kMaxTcpText) return read;
      context.diagnostics.error(
          value.place,
          value.name() + " must be at most 4096 octets long, not " + std::to_string(read->size()));
      return std::nullopt;
    });
    return text.value_or("");
  };
  return {.send = octets("send"), .expect = octets("expect")};
}

void parse_timing(TableReader& reader, checks::Check& check) {
  constexpr DurationRange kInterval = {.min = kMinInterval, .max = kMaxInterval};
  constexpr DurationRange kTimeout = {.min = kMinTimeout, .max = kMaxInterval};
  constexpr IntegerRange kCount = {.min = 1, .max = 65535};

  const auto interval = reader.duration("interval", kInterval);
  const auto timeout = reader.duration("timeout", kTimeout);
  const auto fast_interval = reader.duration("fast_interval", kInterval);
  const auto down_interval = reader.duration("down_interval", kInterval);
  check.interval = interval.value_or(check.interval);
  check.timeout = timeout.value_or(check.timeout);
  check.fast_interval = fast_interval.value_or(check.interval);
  check.down_interval = down_interval.value_or(check.interval);
  check.rise = static_cast<std::uint16_t>(reader.integer("rise", kCount).value_or(check.rise));
  check.fall = static_cast<std::uint16_t>(reader.integer("fall", kCount).value_or(check.fall));

  // A probe must be over when the next one is due. What was refused above is not judged again.
  const auto has_mistake = [&](std::string_view key, const std::optional<Duration>& read) {
    return reader.has(key) && !read;
  };
  if (has_mistake("interval", interval) || has_mistake("timeout", timeout)) return;
  const auto must_cover_timeout = [&](std::string_view key, Duration value) {
    if (check.timeout <= value) return;
    reader.error(reader.has("timeout") ? "timeout" : key,
                 "\"timeout\" (" + to_string(check.timeout) +
                     (reader.has("timeout") ? "" : ", the default") + ") must not exceed " +
                     in_quotes(key) + " (" + to_string(value) +
                     (reader.has(key) ? ")" : ", the default)"));
  };
  must_cover_timeout("interval", check.interval);
  if (fast_interval) must_cover_timeout("fast_interval", *fast_interval);
  if (down_interval) must_cover_timeout("down_interval", *down_interval);
}

/// One element of a `check` value.
void parse_reference(const Value& value, const CheckCatalogue& catalogue, Context& context,
                     std::vector<std::string_view>& named, std::vector<CheckTemplate>& into) {
  if (const toml::table* const table = value.node->as_table()) {
    if (auto check = parse_check(*table, value.place, "", context))
      into.push_back(std::move(*check));
    return;
  }
  const auto* const name = value.node->as_string();
  if (!name) {
    report_mismatch(value, "the name of a [check.NAME] table, an inline table, or an array of them",
                    context.diagnostics);
    return;
  }
  const auto found = catalogue.find(name->get());
  if (found == catalogue.end()) {
    std::vector<std::string_view> names;
    for (const auto& [known, check] : catalogue) names.push_back(known);
    context.diagnostics.error(value.place, "there is no check " + in_quotes(name->get()) +
                                               did_you_mean(name->get(), names));
    return;
  }
  context.used_checks.insert(found->first);
  if (!found->second) return;
  if (std::find(named.begin(), named.end(), found->first) != named.end()) {
    context.diagnostics.error(value.place,
                              "the check " + in_quotes(name->get()) + " is given twice");
    return;
  }
  named.push_back(found->first);
  into.push_back(*found->second);
}

}  // namespace

std::optional<CheckTemplate> parse_check(const toml::table& table, Place place, std::string name,
                                         Context& context) {
  constexpr std::array<std::string_view, 2> kInitial = {"down", "up"};

  const std::string title = name.empty() ? "the inline check" : "[check." + name + "]";
  const std::size_t errors_before = context.diagnostics.error_count();
  const KnownTable known{.name = check_table().name, .title = title, .keys = check_table().keys};
  TableReader reader(table, place, known, context);
  if (!reader.require("type")) return std::nullopt;
  const auto type = reader.word("type", kTypes, kLaterTypes);
  if (!type) return std::nullopt;

  CheckTemplate result;
  const bool is_http = kTypes[*type] == "http";
  result.name = name.empty() ? std::string(kTypes[*type]) : std::move(name);
  if (is_http) {
    refuse_keys(reader, kTcpKeys, "tcp", "http");
    result.check.probe = parse_http_check(reader, context);
  } else {
    refuse_keys(reader, kHttpKeys, "http", "tcp");
    result.check.probe = parse_tcp_check(reader, context);
  }
  result.address = reader.address("address");
  result.port = reader.port("port");
  parse_timing(reader, result.check);
  if (const auto initial = reader.word("initial", kInitial)) {
    // "down" is Unknown: it takes no traffic, and the first outcome decides.
    result.initial = *initial == 1 ? checks::Health::Up : checks::Health::Unknown;
  }
  if (context.diagnostics.error_count() != errors_before) return std::nullopt;
  return result;
}

std::vector<CheckTemplate> parse_check_list(const Value& value, const CheckCatalogue& catalogue,
                                            Context& context) {
  std::vector<CheckTemplate> list;
  std::vector<std::string_view> named;
  if (!value.node->is_array()) {
    parse_reference(value, catalogue, context, named, list);
    return list;
  }
  const auto elements = read_array(value, "checks", context.diagnostics);
  for (const Value& element : *elements) parse_reference(element, catalogue, context, named, list);
  return list;
}

ServerCheck aimed_at(const CheckTemplate& check, const ipvs::DestinationKey& target) {
  ServerCheck aimed{.name = check.name, .check = check.check, .initial = check.initial};
  aimed.check.address = check.address.value_or(target.address);
  aimed.check.port = check.port.value_or(target.port);
  return aimed;
}

}  // namespace evenkeel::daemon
