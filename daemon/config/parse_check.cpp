#include "daemon/config/parse_check.h"

#include <algorithm>
#include <tuple>

#include "daemon/config/duration.h"
#include "daemon/config/parse_http_check.h"
#include "daemon/config/parse_script_check.h"

namespace evenkeel::daemon {
namespace {

/// By KeyOf::row: the types of check that have the key; none: every check has it.
const auto& types_by_key() {
  static const auto types = [] {
    std::array<std::vector<std::string_view>, kKeyCount<CheckTemplate>> made;
    for_each_kind([&]<typename Kind>(std::type_identity<Kind>) {
      for_each_key_of<CheckTemplate, Kind>(
          [&](KeyOf<CheckTemplate> key) { made[key.row].push_back(Kind::type); });
    });
    return made;
  }();
  return types;
}

/// Keys of other types in a check of this one.
void refuse_foreign_keys(std::string_view type, const Written<CheckTemplate>& check) {
  for (std::size_t row = 0; row < kKeyCount<CheckTemplate>; ++row) {
    const std::vector<std::string_view>& types = types_by_key()[row];
    const auto key = KeyOf<CheckTemplate>::at(row);
    if (types.empty() || !check.has(key)) continue;
    if (std::find(types.begin(), types.end(), type) != types.end()) continue;
    std::string owners;
    for (const std::string_view each : types) {
      owners += (owners.empty() ? "" : " or ") + in_quotes(each);
    }
    check.error(key, in_quotes(key.name()) + " belongs to a check of type " + owners +
                         ", not to one of type " + in_quotes(type));
  }
}

/// No key is left to parse_rest().
template <typename... Rows>
consteval bool are_all_read_by_rows(const std::tuple<Rows...>& /*keys*/) {
  return (requires { typename Rows::Kind::Result; } && ...);
}

template <typename Kind>
checks::Kind parse_kind(Written<CheckTemplate>& check) {
  refuse_foreign_keys(Kind::type, check);
  Kind kind;
  check.take(kind);
  if constexpr (requires { parse_rest(kind, check); }) {
    parse_rest(kind, check);
  } else {
    static_assert(are_all_read_by_rows(keys_of(fields::Of<Kind>())),
                  "a key of the kind waits for parse_rest()");
  }
  return kind;
}

void parse_timing(Written<CheckTemplate>& written, checks::Check& check) {
  using Key = KeyOf<CheckTemplate>;
  written.take(check);
  if (!written.is_read("fast_interval")) check.fast_interval = check.interval;
  if (!written.is_read("down_interval")) check.down_interval = check.interval;

  // A probe must be over when the next one is due. What was refused above is not judged again.
  if (written.is_wrong("interval") || written.is_wrong("timeout")) return;
  const bool has_timeout = written.has("timeout");
  const auto must_cover_timeout = [&](Key key, Duration value) {
    if (check.timeout <= value) return;
    written.error(has_timeout ? Key("timeout") : key,
                  "\"timeout\" (" + to_string(check.timeout) +
                      (has_timeout ? "" : ", the default") + ") must not exceed " +
                      in_quotes(key.name()) + " (" + to_string(value) +
                      (written.has(key) ? ")" : ", the default)"));
  };
  must_cover_timeout("interval", check.interval);
  for (const auto& [key, value] : {std::pair(Key("fast_interval"), check.fast_interval),
                                   std::pair(Key("down_interval"), check.down_interval)}) {
    if (written.is_read(key)) must_cover_timeout(key, value);
  }
}

/// One element of a `check` value.
void parse_reference(const Value& value, const CheckCatalogue& catalogue, Context& context,
                     std::vector<std::string_view>& named, std::vector<CheckTemplate>& into) {
  if (const toml::table* const table = value.node->as_table()) {
    auto check = parse_check({.table = table, .place = value.place}, "", context);
    if (check) into.push_back(std::move(*check));
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

std::optional<CheckTemplate> parse_check(const PlacedTable& check, std::string name,
                                         Context& context) {
  const std::string title = name.empty() ? "the inline check" : "[check." + name + "]";
  const std::size_t errors_before = context.diagnostics.error_count();
  Written<CheckTemplate> written(check, context, title);
  CheckTemplate result;
  if (!written.take<&CheckTemplate::type>(result)) return std::nullopt;

  result.name = name.empty() ? result.type : std::move(name);
  for_each_kind([&]<typename Kind>(std::type_identity<Kind>) {
    if (result.type == Kind::type) result.check.probe = parse_kind<Kind>(written);
  });
  written.take(result);
  result.has_address_per_node = written.has("address") && written.node("address")->is_table();
  parse_timing(written, result.check);
  if (is_script(result.check)) judge_run_times(result.check, written);
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
  // "down" is Unknown: it takes no traffic, and the first outcome decides.
  ServerCheck aimed{
      .name = check.name,
      .check = check.check,
      .initial = check.initial == Initial::Up ? checks::Health::Up : checks::Health::Unknown};
  aimed.check.address = check.address.value_or(target.address);
  aimed.check.port = check.port.value_or(target.port);
  return aimed;
}

}  // namespace evenkeel::daemon
