// What a person writes and reads of a command: its options, its help. The command line and the
// manual are made from it.
//
// Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace evenkeel::daemon {

struct CommandOption {
  /// The taker of its value: a field of the request, or the client itself.
  enum class Use : std::uint8_t { Field, Socket, Watch, Help };

  const char* name;           ///< without its dashes
  const char* argument = "";  ///< "PATH"; "[SECONDS]": may be left out; "": takes none
  std::string_view help;      ///< its line of --help; "": has none
  Use use = Use::Field;
  std::string_view field = {};
  std::string_view value = {};  ///< of the field; "": the argument, or true
};

/// Sets `field` to `value`; to true: "".
constexpr CommandOption setting(const char* name, std::string_view field, std::string_view value,
                                std::string_view help) {
  return {name, "", help, CommandOption::Use::Field, field, value};
}
/// Has a document where the answer is text otherwise.
constexpr CommandOption json_option(std::string_view help = "one JSON document, for programs") {
  return setting("json", "format", "document", help);
}
/// The client's own.
constexpr CommandOption socket_option(std::string_view help = "the daemon's control socket") {
  return {"socket", "PATH", help, CommandOption::Use::Socket};
}
constexpr CommandOption watch_option(std::string_view help) {
  return {"watch", "[SECONDS]", help, CommandOption::Use::Watch};
}
constexpr CommandOption help_option() {
  return {"help", "", "print this", CommandOption::Use::Help};
}

/// What stands on the command line without a dash.
struct CommandArgument {
  std::string_view name = {};  ///< "INSTANCE"; "": there is none
  std::string_view field = {};
  bool is_list = true;
};

struct CommandWords {
  std::string_view name;
  std::string_view summary;  ///< a line of `evenkeel --help`
  CommandArgument argument;
  std::string_view help;  ///< what it does, and what its argument is
  /// In the order of the help. Where several of one field are given, the first of them here counts.
  std::span<const CommandOption> options;
  std::string_view exit_status;  ///< behind "Exit status: "
};

}  // namespace evenkeel::daemon
