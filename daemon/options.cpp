#include "daemon/options.h"

#include <boost/program_options.hpp>
#include <sstream>

namespace evenkeel::daemon {

namespace po = boost::program_options;

namespace {

po::options_description description() {
  const Options defaults;
  po::options_description options("Options");
  options.add_options()  //
      ("config,c", po::value<std::string>()->default_value(defaults.config)->value_name("FILE"),
       "the configuration")  //
      ("runtime-directory",
       po::value<std::string>()->default_value(defaults.runtime_directory)->value_name("DIR"),
       "sockets, lock and record; one directory a daemon")  //
      ("log-level", po::value<std::string>()->value_name("LEVEL"),
       "error, warning, info or debug; wins over the file's")  //
      ("node", po::value<std::string>()->default_value("")->value_name("NAME"),
       "which node's values of the file count; default: its node_name, else the host name")  //
      ("check", po::value<std::string>()->implicit_value("")->value_name("[FILE]"),
       "check a configuration and exit: 0 it is good, 2 it is not")  //
      ("not-empty", po::bool_switch(),
       "with --check: exit 1 where it is good and configures nothing")  //
      ("help,h", "print this")                                          //
      ("version", "print the version");
  return options;
}

/// A child's role, which is one word alone: whoever adds to it is a person, and means an option.
std::optional<Role> child_role(const std::vector<std::string>& arguments) {
  if (arguments.size() != 1) return std::nullopt;
  if (arguments.front() == "checks") return Role::Checks;
  if (arguments.front() == "vrrp") return Role::Vrrp;
  if (arguments.front() == "spawner") return Role::Spawner;
  return std::nullopt;
}

/// What is to be done; a wish for help or the version wins over everything, in any order.
tl::expected<Role, std::string> role_of(const po::variables_map& values,
                                        const std::vector<std::string>& words) {
  if (values.contains("help")) return Role::Help;
  if (values.contains("version")) return Role::Version;
  if (words.size() > 1) return tl::unexpected("unexpected argument: " + words[1]);
  if (values.contains("check")) return Role::Check;
  if (words.empty()) return Role::Main;
  if (words[0] == "release") return Role::Release;
  return tl::unexpected("unexpected argument: " + words[0]);
}

}  // namespace

tl::expected<Options, std::string> parse_options(const std::vector<std::string>& arguments) {
  if (const auto role = child_role(arguments)) return Options{.role = *role};
  Options options;
  try {
    po::options_description all = description();
    std::vector<std::string> words;
    po::options_description hidden;
    hidden.add_options()("word", po::value(&words))("all",
                                                    po::bool_switch(&options.releases_everything));
    all.add(hidden);
    po::positional_options_description positional;
    positional.add("word", -1);
    po::variables_map values;
    po::store(po::command_line_parser(arguments).options(all).positional(positional).run(), values);
    po::notify(values);
    const auto role = role_of(values, words);
    if (!role) return tl::unexpected(role.error());
    options.role = *role;
    if (*role == Role::Help || *role == Role::Version) return options;
    options.config = values["config"].as<std::string>();
    options.runtime_directory = values["runtime-directory"].as<std::string>();
    options.node_name = values["node"].as<std::string>();
    if (options.role == Role::Check) {
      const std::string file = values["check"].as<std::string>();
      if (!file.empty()) options.config = file;
      if (!words.empty()) options.config = words[0];
    }
    options.refuses_empty = values["not-empty"].as<bool>();
    if (options.refuses_empty && options.role != Role::Check) {
      return tl::unexpected(std::string("--not-empty goes with --check"));
    }
    if (options.releases_everything && options.role != Role::Release) {
      return tl::unexpected(std::string("--all goes with release"));
    }
    if (values.contains("log-level")) {
      const std::string level = values["log-level"].as<std::string>();
      options.log_level = fields::from_name<Severity>(level);
      if (!options.log_level) {
        return tl::unexpected("unknown log level: " + level + " (error, warning, info or debug)");
      }
    }
  } catch (const po::error& error) {
    return tl::unexpected(std::string(error.what()));
  }
  return options;
}

std::string help_text() {
  std::ostringstream text;
  text << "usage: evenkeeld [OPTION...]\n"
          "       evenkeeld release [--all] [--runtime-directory DIR]\n"
          "Keeps services reachable: balances connections over real servers with the kernel's "
          "IPVS and checks them.\nRuns in the foreground; SIGHUP reloads, SIGTERM stops. "
          "`release` takes\naway the virtual addresses that a killed daemon has left, with --all "
          "everything of ours in the kernel.\nThe command for people is `evenkeel`.\n\n"
       << description()
       << "\nExit status: 0 ok, 1 failure, 2 bad configuration or usage. See evenkeeld(8), "
          "evenkeel.toml(5).\n";
  return text.str();
}

}  // namespace evenkeel::daemon
