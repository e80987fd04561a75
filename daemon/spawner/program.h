// A program that may be run: what the configuration says of it, made ready by main. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/fields/table.h"

namespace evenkeel::daemon {

/// Main's number for a program. Lists that have the same id mean the same program.
using ProgramId = std::uint32_t;

constexpr std::uint32_t kMaxPrograms = 65'536;
constexpr std::size_t kMaxArguments = 256;
constexpr std::size_t kMaxArgument = 4096;  ///< octets, also of an entry of the environment
constexpr std::size_t kMaxBaseEntries = 64;
constexpr std::size_t kMaxGroups = 256;
constexpr std::chrono::nanoseconds kMaxTimeout = std::chrono::hours(24);

struct Program {
  ProgramId id = 0;
  std::vector<std::string> arguments;    ///< the first is the file to execute, an absolute path
  std::uint32_t uid = 65534;             ///< "nobody"
  std::uint32_t gid = 65534;             ///< "nogroup"
  std::vector<std::uint32_t> groups;     ///< supplementary ones
  std::vector<std::string> environment;  ///< "NAME=value": beside PATH and what a run adds
  std::chrono::nanoseconds timeout = std::chrono::seconds(30);  ///< from its start to SIGTERM
  bool may_gain_privileges = false;  ///< set-user-ID programs work (no no_new_privs)
  bool may_overlap = false;          ///< several runs at once
  friend bool operator==(const Program&, const Program&) = default;
};
constexpr auto fields_of(fields::Of<Program>) {
  using fields::AtMost;
  using fields::field;
  using T = Program;
  return fields::table(
      field<&T::id>("id"),
      field<&T::arguments>("arguments", AtMost{kMaxArguments, AtMost{kMaxArgument}}),
      field<&T::uid>("uid"), field<&T::gid>("gid"), field<&T::groups>("groups", AtMost{kMaxGroups}),
      field<&T::environment>("environment", AtMost{kMaxBaseEntries, AtMost{kMaxArgument}}),
      field<&T::timeout>("timeout", fields::NotNegative()),
      field<&T::may_gain_privileges>("may_gain_privileges"), field<&T::may_overlap>("may_overlap"));
}

}  // namespace evenkeel::daemon
