#include "daemon/config/value.h"

#include <algorithm>
#include <charconv>

#include "daemon/config/address_rules.h"
#include "daemon/config/duration.h"
#include "daemon/config/names.h"
#include "daemon/config/suggestion.h"
#include "daemon/config/vrrp_values.h"
#include "daemon/fields/utf8.h"

namespace evenkeel::daemon {
namespace {

Place place_of(const toml::source_region& region, Place parent) {
  if (!region.begin) return parent;
  return {.file = parent.file, .line = region.begin.line, .column = region.begin.column};
}

std::string list_of(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += ", ";
    text += in_quotes(word);
  }
  return text;
}

std::string describe(const Times& range) {
  std::string text = range.zero_is_allowed ? "\"0s\" or " : "";
  text += to_string(range.min) + " .. " + to_string(range.max);
  return range.is_whole_seconds ? text + " in whole seconds" : text;
}

}  // namespace

std::string in_quotes(std::string_view text) {
  return std::string("\"").append(text).append("\"");
}

std::string Value::name() const {
  std::string text = in_quotes(key);
  if (!for_node.empty()) text += " for node " + in_quotes(for_node);
  return text;
}

Place place_of(const toml::node& node, Place parent) {
  return place_of(node.source(), parent);
}

Place place_of(const toml::key& key, Place parent) {
  return place_of(key.source(), parent);
}

std::string describe(const toml::node& node) {
  constexpr std::size_t kLongest = 60;
  if (const auto* string = node.as_string()) {
    const std::string& text = string->get();
    if (text.size() <= kLongest) return "the string " + in_quotes(text);
    std::size_t end = kLongest;
    while (end > 0 && fields::is_utf8_tail(text[end])) --end;
    return "the string " + in_quotes(text.substr(0, end) + "...");
  }
  if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
  if (node.is_floating_point()) return "a number with a fraction";
  if (node.is_array()) return "an array";
  if (node.is_table()) return "a table";
  return "a date or time";
}

std::nullopt_t report_mismatch(const Value& value, std::string_view expected,
                               Diagnostics& diagnostics) {
  return diagnostics.error(value.place, value.name() + " must be " + std::string(expected) +
                                            ", not " + describe(*value.node));
}

std::string did_you_mean(std::string_view written, std::span<const std::string_view> words) {
  const std::string_view nearest = nearest_word(written, words);
  if (nearest.empty()) return {};
  return ": did you mean " + in_quotes(nearest) + "?";
}

std::optional<bool> read_as(const Value& value, Boolean /*kind*/, Diagnostics& diagnostics) {
  if (const auto* boolean = value.node->as_boolean()) return boolean->get();
  return report_mismatch(value, "true or false", diagnostics);
}

std::optional<std::int64_t> read_as(const Value& value, const Between& kind,
                                    Diagnostics& diagnostics) {
  const auto* integer = value.node->as_integer();
  if (integer && integer->get() >= kind.min && integer->get() <= kind.max) return integer->get();
  return report_mismatch(
      value, "an integer, " + std::to_string(kind.min) + " .. " + std::to_string(kind.max),
      diagnostics);
}

std::optional<std::int16_t> read_as(const Value& value, const Weight& kind,
                                    Diagnostics& diagnostics) {
  const auto* const integer = value.node->as_integer();
  if (integer && integer->get() == 0) {
    return diagnostics.error(value.place,
                             value.name() + " must not be 0: " + std::string(kind.without));
  }
  const auto weight = read_as(value, Between{kind.min, kind.max}, diagnostics);
  return weight ? std::optional(static_cast<std::int16_t>(*weight)) : std::nullopt;
}

std::optional<Duration> read_as(const Value& value, const Times& kind, Diagnostics& diagnostics) {
  constexpr std::string_view kExpected =
      "a string of one integer and a unit (ms, s, m, h), such as \"2s\"";
  const auto* string = value.node->as_string();
  const std::optional<Duration> duration =
      string ? parse_duration(string->get()) : std::optional<Duration>();
  if (!duration) {
    return report_mismatch(value, kExpected, diagnostics);
  }
  if (*duration == Duration::zero() && kind.zero_is_allowed) return duration;
  if (*duration < kind.min || *duration > kind.max ||
      (kind.is_whole_seconds && *duration % std::chrono::seconds(1) != Duration::zero())) {
    return report_mismatch(value, describe(kind), diagnostics);
  }
  return duration;
}

std::optional<ipvs::Address> read_as(const Value& value, UnicastAddress /*kind*/,
                                     Diagnostics& diagnostics) {
  const auto* string = value.node->as_string();
  std::optional<ipvs::Address> address =
      string ? parse_address(string->get()) : std::optional<ipvs::Address>();
  if (!address) {
    return report_mismatch(value, "an IPv4 or IPv6 address (no host name, prefix length or zone)",
                           diagnostics);
  }
  if (const auto why = why_not_unicast(*address)) {
    return diagnostics.error(value.place, value.name() + " must be a unicast address: " +
                                              string->get() + " is " + std::string(*why));
  }
  return address;
}

std::optional<std::uint16_t> read_as(const Value& value, Port /*kind*/, Diagnostics& diagnostics) {
  const auto* const integer = value.node->as_integer();
  if (integer && integer->get() == 0) {
    return diagnostics.error(value.place, value.name() + ": 0 (all ports) is not supported yet");
  }
  const auto port = read_as(value, Between{1, 65535}, diagnostics);
  return port ? std::optional(static_cast<std::uint16_t>(*port)) : std::nullopt;
}

std::optional<std::string> read_as(const Value& value, const Octets& kind,
                                   Diagnostics& diagnostics) {
  const auto* const string = value.node->as_string();
  if (!string) {
    return report_mismatch(value, "a string", diagnostics);
  }
  if (string->get().size() <= kind.longest) return string->get();
  return diagnostics.error(value.place, value.name() + " must be at most " +
                                            std::to_string(kind.longest) + " octets long, not " +
                                            std::to_string(string->get().size()));
}

std::optional<std::string> read_as(const Value& value, const Text& kind, Diagnostics& diagnostics) {
  const auto* const string = value.node->as_string();
  if (string && string->get().size() <= kind.longest && kind.is_allowed(string->get())) {
    const std::string why = kind.warning ? kind.warning(string->get()) : "";
    if (!why.empty()) diagnostics.warn(value.place, value.name() + ": " + why);
    return string->get();
  }
  const std::string expected =
      fields::with_limit(kind.expected, "{max}", std::to_string(kind.longest));
  if (!kind.is_secret) return report_mismatch(value, expected, diagnostics);
  return diagnostics.error(value.place, value.name() + " must be " + expected);
}

std::optional<std::string> read_as(const Value& value, Name /*kind*/, Diagnostics& diagnostics) {
  const auto* string = value.node->as_string();
  if (string && is_name(string->get())) return string->get();
  return report_mismatch(value, "a name of " + name_rule(), diagnostics);
}

std::optional<MaxRemovals> read_as(const Value& value, Percentage /*kind*/,
                                   Diagnostics& diagnostics) {
  const auto* const string = value.node->as_string();
  if (string) {
    const std::string& text = string->get();
    std::uint8_t percent = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, percent);
    if (error == std::errc{} &&
        std::string_view(rest, static_cast<std::size_t>(end - rest)) == "%" && percent <= 100) {
      return MaxRemovals{.percent = percent};
    }
  }
  return report_mismatch(value, "a percentage, \"0%\" .. \"100%\"", diagnostics);
}

std::optional<vrrp::InterfaceAddress> read_as(const Value& value, MovedAddress /*kind*/,
                                              Diagnostics& diagnostics) {
  const auto* const string = value.node->as_string();
  auto address =
      string ? parse_interface_address(string->get()) : std::optional<vrrp::InterfaceAddress>();
  if (!address) {
    return report_mismatch(value, "addresses, with a prefix length or without (\"192.0.2.10\")",
                           diagnostics);
  }
  if (const auto why = why_not_virtual(address->address)) {
    return diagnostics.error(value.place, value.name() + ": " + string->get() + " is " +
                                              std::string(*why) + ": it cannot move between nodes");
  }
  return address;
}

std::optional<std::size_t> read_word(const Value& value, std::span<const std::string_view> words,
                                     std::span<const std::string_view> later,
                                     Diagnostics& diagnostics) {
  const auto* string = value.node->as_string();
  if (!string) {
    return report_mismatch(value, "one of " + list_of(words), diagnostics);
  }
  const std::string& text = string->get();
  if (const auto found = std::find(words.begin(), words.end(), text); found != words.end()) {
    return static_cast<std::size_t>(found - words.begin());
  }
  if (std::find(later.begin(), later.end(), text) != later.end()) {
    return diagnostics.error(value.place,
                             value.name() + ": " + in_quotes(text) + " is not supported yet");
  }
  return diagnostics.error(value.place, value.name() + " must be one of " + list_of(words) +
                                            ", not " + describe(*value.node) +
                                            did_you_mean(text, words));
}

std::optional<std::vector<Value>> read_array(const Value& value, std::string_view of_what,
                                             Diagnostics& diagnostics) {
  const toml::array* const array = value.node->as_array();
  if (!array) {
    return report_mismatch(value, "an array of " + std::string(of_what), diagnostics);
  }
  std::vector<Value> elements;
  elements.reserve(array->size());
  for (const toml::node& element : *array) {
    elements.push_back(value_at(element, value.place, value.key, value.for_node));
  }
  return elements;
}

}  // namespace evenkeel::daemon
