#include "daemon/config/parse.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "daemon/config/checks_codec.h"
#include "daemon/config/key_depth.h"
#include "daemon/config/parse_check.h"
#include "daemon/config/parse_global.h"
#include "daemon/config/parse_ipvs.h"
#include "daemon/config/parse_script.h"
#include "daemon/config/parse_service.h"
#include "daemon/config/parse_vrrp.h"
#include "daemon/config/script_keys.h"
#include "daemon/config/service_keys.h"
#include "daemon/config/syntax_hint.h"
#include "daemon/config/track_rules.h"
#include "daemon/config/unique.h"
#include "daemon/config/vrrp_keys.h"
#include "daemon/spawner/program.h"

namespace evenkeel::daemon {
namespace {

/// Lines and columns are 32 bits wide; a larger file is not a configuration.
constexpr std::size_t kMaxFileSize = std::size_t{256} * 1024 * 1024;
constexpr std::array kLists = {Keys<Script>::title, Keys<ServiceConfig>::title,
                               Keys<RealServerConfig>::title, Keys<vrrp::InstanceConfig>::title,
                               Keys<vrrp::SyncGroupConfig>::title};

tl::expected<toml::table, Diagnostic> parse_toml(const SourceFile& file) {
  const auto problem = [&](std::uint32_t line, std::uint32_t column, std::string_view message) {
    return tl::unexpected(Diagnostic{.file = file.path,
                                     .line = line,
                                     .column = column,
                                     .severity = Severity::Error,
                                     .message = printable(message)});
  };
  if (file.text.size() > kMaxFileSize) return problem(0, 0, "the file is larger than 256 MiB");
  if (const auto line = too_deep_key_line(file.text)) {
    return problem(*line, 1, "a key has more than 32 parts");
  }
  toml::parse_result result = toml::parse(std::string_view(file.text));
  if (!result) {
    const toml::source_position at = result.error().source().begin;
    std::string message(result.error().description());
    const std::string hint = syntax_hint(file.text, at.line, at.column, kLists);
    if (!hint.empty()) message += "; " + hint;
    return problem(at.line, at.column, message);
  }
  return std::move(result).table();
}

/// The file and its includes, merged: single tables, named checks, services in order.
class Document {
 public:
  Document(const std::vector<toml::table>& files, Context& context) : context_(context) {
    for (std::uint32_t i = 0; i < files.size(); ++i) add_file(files[i], i);
  }

  PlacedTable global, ipvs;
  std::map<std::string_view, PlacedTable> checks;
  std::vector<PlacedTable> scripts, services, instances, sync_groups;

 private:
  void add_file(const toml::table& root, std::uint32_t index);
  void add_checks(const PlacedTable& found);
  void set_once(PlacedTable& into, const PlacedTable& found, const std::string& title);

  Context& context_;
};

void Document::add_file(const toml::table& root, std::uint32_t index) {
  const Place start{.file = index, .line = 1, .column = 1};
  const Written<Config> file({.table = &root, .place = start}, context_);
  if (file.has("include")) {
    if (index != 0) {
      file.error("include", "an included file includes nothing: \"include\" is for the main file");
    } else {
      const auto elements = read_array(file.value("include"), "paths", context_.diagnostics);
      for (const Value& element : elements.value_or(std::vector<Value>())) {
        const auto path = read_as(element, Octets{}, context_.diagnostics);
        if (path && path->empty()) report_mismatch(element, "a path", context_.diagnostics);
      }
    }
  }
  set_once(global, file.table("global"), std::string(Keys<GlobalConfig>::title));
  set_once(ipvs, file.table("ipvs"), std::string(Keys<IpvsConfig>::title));
  add_checks(file.table("check"));
  const auto append = [](std::vector<PlacedTable>& to, const std::vector<PlacedTable>& found) {
    to.insert(to.end(), found.begin(), found.end());
  };
  append(scripts, file.tables("script", Keys<Script>::title));
  append(services, file.tables("virtual_service", Keys<ServiceConfig>::title));
  const Written<vrrp::Config> vrrp(file.table("vrrp"), context_);
  append(instances, vrrp.tables("instance", Keys<vrrp::InstanceConfig>::title));
  append(sync_groups, vrrp.tables("sync_group", Keys<vrrp::SyncGroupConfig>::title));
}

void Document::set_once(PlacedTable& into, const PlacedTable& found, const std::string& title) {
  if (!found.table) return;
  if (into.table) {
    context_.diagnostics.error(found.place,
                               title + " is already in " + context_.diagnostics.where(into.place));
    return;
  }
  into = found;
}

void Document::add_checks(const PlacedTable& found) {
  if (!found.table) return;
  for (const auto& [key, node] : *found.table) {
    const Place place = place_of(node, found.place);
    const toml::table* const check = node.as_table();
    if (!check) {
      context_.diagnostics.error(place_of(key, place),
                                 "[check] holds a table for each check: [check." +
                                     std::string(key.str()) + "] must be a table, not " +
                                     describe(node));
    } else if (!is_name(key.str())) {
      context_.diagnostics.error(place_of(key, place), "a check's name must be of " + name_rule() +
                                                           ", not " + in_quotes(key.str()));
    } else {
      set_once(checks[key.str()], {.table = check, .place = place},
               "[check." + std::string(key.str()) + "]");
    }
  }
}

void report_repeated_services(const std::vector<ParsedService>& services,
                              Diagnostics& diagnostics) {
  const auto name_of = [](const ParsedService& service) {
    return service.config.name.empty() ? nullptr : &service.config.name;
  };
  for (const Repetition& repetition : repetitions(services, name_of)) {
    const ParsedService& again = services[repetition.again];
    diagnostics.error(again.name_place, "a virtual service " + in_quotes(again.config.name) +
                                            " is already at " +
                                            diagnostics.where(services[repetition.first].place));
  }
  const auto key_of = [](const ParsedService& service) {
    return service.has_key ? &service.config.service.key : nullptr;
  };
  for (const Repetition& repetition : repetitions(services, key_of)) {
    const ParsedService& first = services[repetition.first];
    const ParsedService& again = services[repetition.again];
    diagnostics.error(again.place,
                      "a virtual service for " + ipvs::to_string(again.config.service.key) +
                          " is already at " + diagnostics.where(first.place) +
                          (first.config.name.empty() ? "" : ": " + in_quotes(first.config.name)));
  }
}

/// Where instances move addresses, a service's is thought to be among them.
void warn_of_addresses_that_stay(const std::vector<ParsedService>& services,
                                 const std::vector<vrrp::InstanceConfig>& instances,
                                 Diagnostics& diagnostics) {
  if (instances.empty()) return;
  std::set<ipvs::Address> moved;
  for (const vrrp::InstanceConfig& instance : instances) {
    for (const auto* list : {&instance.virtual_addresses, &instance.extra_addresses}) {
      for (const vrrp::InterfaceAddress& each : *list) moved.insert(each.address);
    }
  }
  for (const ParsedService& service : services) {
    const ipvs::Address& address = service.config.service.key.address;
    if (!moved.insert(address).second) continue;  // told once
    diagnostics.warn(service.place, "no instance moves " + address.to_string() +
                                        ", the address of " + in_quotes(service.config.name) +
                                        ": it has to come to this node by other means");
  }
}

template <typename Act>
void for_each_owner_of_hooks(Config& config, Act&& act) {
  for (auto& [name, hooks] : config.instance_hooks) act(hooks);
  for (auto& [name, hooks] : config.group_hooks) act(hooks);
  for (ServiceConfig& service : config.services) act(service.hooks);
}

/// Hooks without a user or a timeout of their own have that of [global].
void fill_in_hooks(Config& config) {
  for_each_owner_of_hooks(config, [&](auto& hooks) {
    if (hooks.user.empty()) hooks.user = config.global.hook_user;
    if (hooks.timeout == Duration::zero()) hooks.timeout = config.global.hook_timeout;
    if constexpr (requires { hooks.while_master; }) {
      if (hooks.while_master && hooks.while_master->user.empty()) {
        hooks.while_master->user = hooks.user;
      }
    }
  });
}

/// Each is a program of its own: its environment names the real server.
std::size_t count_script_checks(const Config& config) {
  std::size_t count = 0;
  const auto add = [&](const std::vector<ServerCheck>& checks) {
    count += static_cast<std::size_t>(
        std::count_if(checks.begin(), checks.end(), [](const ServerCheck& each) {
          return std::holds_alternative<checks::ScriptCheck>(each.check.probe);
        }));
  };
  for (const ServiceConfig& service : config.services) {
    for (const RealServerConfig& server : service.real_servers) add(server.checks);
  }
  add(config.tracked.checks);
  return count;
}

/// Programs with the same user, timeout and arguments count once.
std::size_t count_programs(Config& config) {
  std::set<std::tuple<std::string_view, Duration, const Arguments&>> different;
  std::size_t of_units = 0;
  for_each_owner_of_hooks(config, [&](const auto& hooks) {
    if constexpr (requires { hooks.while_master; }) {
      if (hooks.while_master) {
        different.emplace(hooks.while_master->user, hooks.timeout, hooks.while_master->command);
      }
      of_units += hooks.units.size() * kProgramsOfUnit;
    }
    for_each_hook(hooks, [&](HookKey /*key*/, const std::vector<Arguments>& commands) {
      for (const Arguments& command : commands) {
        different.emplace(hooks.user, hooks.timeout, command);
      }
    });
  });
  for (const Script& script : config.tracked.scripts) {
    different.emplace(script.user, script.timeout, script.command);
  }
  of_units += config.tracked.units.size() * kProgramsOfTrackedUnit;
  return different.size() + of_units + count_script_checks(config);
}

}  // namespace

tl::expected<ParsedConfig, std::vector<Diagnostic>> parse_config(
    const std::vector<SourceFile>& files, std::string_view host_name, std::string_view node_name) {
  std::vector<toml::table> tables;
  for (const SourceFile& file : files) {
    auto table = parse_toml(file);
    if (!table) return tl::unexpected(std::vector<Diagnostic>{std::move(table.error())});
    tables.push_back(std::move(*table));
  }

  Diagnostics diagnostics(files);
  Context context{.diagnostics = diagnostics, .node_name = {}};
  const Document document(tables, context);
  Written<GlobalConfig> global(document.global, context);
  context.node_name = resolve_node_name(global, host_name, node_name);

  ParsedConfig parsed;
  parsed.config.ipvs = parse_ipvs(document.ipvs, context);
  CheckCatalogue catalogue;
  for (const auto& [name, check] : document.checks) {
    catalogue.emplace(name, parse_check(check, std::string(name), context));
  }
  std::vector<ParsedService> services;
  services.reserve(document.services.size());
  for (const PlacedTable& service : document.services) {
    services.push_back(parse_service(service, catalogue, parsed.config.ipvs, context));
  }
  report_repeated_services(services, diagnostics);
  const ScriptCatalogue scripts = parse_scripts(document.scripts, context);
  TrackParser tracks(catalogue, scripts, services, context);
  parse_vrrp(document.instances, document.sync_groups, tracks, context, parsed.config);
  parsed.config.tracked = tracks.take();
  parsed.config.global = parse_global(global, parsed.config.vrrp);
  for (const auto& [name, check] : document.checks) {
    if (context.used_checks.contains(std::string_view(name))) continue;
    diagnostics.warn(check.place,
                     "[check." + std::string(name) + "] is used by no real server and no track");
  }
  for (const auto& [name, script] : scripts) {
    if (context.used_scripts.contains(name)) continue;
    diagnostics.warn(script.place, "the script " + in_quotes(name) + " is followed by no track");
  }

  if (diagnostics.has_errors()) return tl::unexpected(diagnostics.errors());
  warn_of_addresses_that_stay(services, parsed.config.vrrp.instances, diagnostics);
  parsed.config.services.reserve(services.size());
  for (ParsedService& service : services) {
    parsed.config.services.push_back(std::move(service.config));
  }
  if (const auto why = why_refused(parsed.config)) {
    diagnostics.error({}, *why);
    return tl::unexpected(diagnostics.errors());
  }
  if (const std::string problem = unit_of_another(parsed.config); !problem.empty()) {
    diagnostics.error({}, problem);
    return tl::unexpected(diagnostics.errors());
  }
  fill_in_hooks(parsed.config);
  for (WrittenProgram& each : context.programs) {
    if (each.user.empty()) each.user = parsed.config.global.hook_user;
    parsed.programs.push_back({.at = diagnostics.at(each.place),
                               .key = std::move(each.key),
                               .file = std::move(each.file),
                               .user = std::move(each.user)});
  }
  if (!parsed.programs.empty() && count_programs(parsed.config) > kMaxPrograms) {
    Diagnostic error = parsed.programs.front().at;
    error.message = "hooks, scripts and script checks are " +
                    std::to_string(count_programs(parsed.config)) +
                    " programs that differ, and there can be " + std::to_string(kMaxPrograms);
    return tl::unexpected(std::vector<Diagnostic>{std::move(error)});
  }
  warn_of_connection_reuse(document.ipvs, parsed.config.ipvs, parsed.config.services, diagnostics);
  parsed.warnings = diagnostics.warnings();
  return parsed;
}

std::vector<IncludePattern> includes_of(const SourceFile& file) {
  // A large file without includes is not parsed twice.
  if (file.text.find("include") == std::string::npos) return {};
  const auto table = parse_toml(file);
  if (!table) return {};
  const toml::node* const include = table->get("include");
  const toml::array* const array = include ? include->as_array() : nullptr;
  if (!array) return {};
  std::vector<IncludePattern> patterns;
  for (const toml::node& element : *array) {
    const auto* const pattern = element.as_string();
    if (!pattern || pattern->get().empty()) return {};
    const toml::source_position at = element.source().begin;
    patterns.push_back({.pattern = pattern->get(), .line = at.line, .column = at.column});
  }
  return patterns;
}

}  // namespace evenkeel::daemon
