// Messages between main and the spawner about one run of a program. Pure.
//
// Each RunRequest is answered by one RunEnded, after a RunStarted where there is a process. An
// EndRun asks for that end. All are messages (daemon/process/message.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/fields/table.h"
#include "daemon/fields/words.h"
#include "daemon/spawner/program.h"

namespace evenkeel::daemon {

using fields::name;
using fields::to_string;

/// Main's number for a run, never used twice.
using RunId = std::uint64_t;

/// Variables that a run may add to its program's environment, and no others. name() is the
/// variable.
enum class Variable : std::uint8_t {
  Instance,
  Group,
  Service,
  RealServer,
  State,
  PreviousState,
  Reason,
  Priority,
  Addresses,
  Address,
  Port,
  Protocol,
  Weight,
};
constexpr auto words_of(Variable) {
  using enum Variable;
  return fields::words<Variable>({{Instance, "EVENKEEL_INSTANCE"},
                                  {Group, "EVENKEEL_GROUP"},
                                  {Service, "EVENKEEL_SERVICE"},
                                  {RealServer, "EVENKEEL_REAL_SERVER"},
                                  {State, "EVENKEEL_STATE"},
                                  {PreviousState, "EVENKEEL_PREVIOUS_STATE"},
                                  {Reason, "EVENKEEL_REASON"},
                                  {Priority, "EVENKEEL_PRIORITY"},
                                  {Addresses, "EVENKEEL_ADDRESSES"},
                                  {Address, "EVENKEEL_ADDRESS"},
                                  {Port, "EVENKEEL_PORT"},
                                  {Protocol, "EVENKEEL_PROTOCOL"},
                                  {Weight, "EVENKEEL_WEIGHT"}});
}

/// Octets of a variable's value. One of this length and short others fit a datagram.
constexpr std::size_t kMaxValue = 32'768;

struct Setting {
  Variable variable = Variable::Instance;
  std::string value;
  friend bool operator==(const Setting&, const Setting&) = default;
};
constexpr auto fields_of(fields::Of<Setting>) {
  using fields::field;
  using T = Setting;
  return fields::table(field<&T::variable>("variable"),
                       field<&T::value>("value", fields::AtMost{kMaxValue}));
}

struct RunRequest {
  RunId run = 0;
  ProgramId program = 0;
  std::vector<Setting> settings;  ///< a variable once, a value without NUL
  friend bool operator==(const RunRequest&, const RunRequest&) = default;
};
constexpr auto fields_of(fields::Of<RunRequest>) {
  using fields::field;
  using T = RunRequest;
  return fields::table(field<&T::run>("run"), field<&T::program>("program"),
                       field<&T::settings>("settings", fields::AtMost{fields::kCount<Variable>}));
}

/// The run is to end, as at its deadline: Withdrawn, where it has not ended before.
struct EndRun {
  RunId run = 0;
  friend bool operator==(const EndRun&, const EndRun&) = default;
};
constexpr auto fields_of(fields::Of<EndRun>) {
  return fields::table(fields::field<&EndRun::run>("run"));
}

struct RunStarted {
  RunId run = 0;
  std::uint32_t pid = 0;
  std::chrono::nanoseconds waited{};  ///< for a free place, or the run of this program before it
  friend bool operator==(const RunStarted&, const RunStarted&) = default;
};
constexpr auto fields_of(fields::Of<RunStarted>) {
  using fields::field;
  using T = RunStarted;
  return fields::table(field<&T::run>("run"), field<&T::pid>("pid"),
                       field<&T::waited>("waited", fields::NotNegative()));
}

enum class RunEnd : std::uint8_t {
  Exit,       ///< number: its status, 0 to 255
  Signal,     ///< number: the signal that killed it, which was not ours
  Deadline,   ///< it ran for its program's timeout, and was ended
  CannotRun,  ///< number: an errno; `step`: of what. No fault of the program
  Lost,       ///< the spawner has died, and it with it; said by main's side
  CutOff,     ///< main has ended, and it with it; said by the next main
  Withdrawn,  ///< main has asked for its end (EndRun)
};
constexpr auto words_of(RunEnd) {
  using enum RunEnd;
  return fields::words<RunEnd>({{Exit, "exit", "exit status"},
                                {Signal, "signal", "killed by signal"},
                                {Deadline, "deadline", "did not end in time"},
                                {CannotRun, "cannot_run", "cannot run"},
                                {Lost, "lost", "cut off when the spawner died"},
                                {CutOff, "cut_off", "cut off when evenkeeld ended"},
                                {Withdrawn, "withdrawn", "ended for the next state"}});
}

/// Where a run that cannot run has failed: at the spawner, or in the child, in this order.
enum class RunStep : std::uint8_t {
  None,      ///< of a run that could
  Program,   ///< ENOENT: not in the list
  Settings,  ///< EINVAL: a variable twice, a NUL
  Wait,      ///< EAGAIN: too many runs wait; EBUSY: the one before it cannot be killed
  Pipe,
  Fork,
  ControlGroup,
  Session,
  Groups,
  Group,
  User,
  Capabilities,
  Privileges,  ///< no_new_privs
  Parent,      ///< the spawner has died meanwhile
  Limits,
  Descriptors,
  Directory,
  Execute,
};
constexpr auto words_of(RunStep) {
  using enum RunStep;
  return fields::words<RunStep>({{None, "none", ""},
                                 {Program, "program", "not configured"},
                                 {Settings, "settings", "environment"},
                                 {Wait, "wait", "wait for a free place"},
                                 {Pipe, "pipe", "make a pipe"},
                                 {Fork, "fork", "fork"},
                                 {ControlGroup, "control_group", "enter a control group"},
                                 {Session, "session", "begin a session"},
                                 {Groups, "groups", "set supplementary groups"},
                                 {Group, "group", "change the group"},
                                 {User, "user", "change the user"},
                                 {Capabilities, "capabilities", "drop capabilities"},
                                 {Privileges, "privileges", "set no_new_privs"},
                                 {Parent, "parent", "be the child of the spawner"},
                                 {Limits, "limits", "set limits"},
                                 {Descriptors, "descriptors", "set descriptors"},
                                 {Directory, "directory", "change to /"},
                                 {Execute, "execute", "execute"}});
}

constexpr std::size_t kMaxLine = 256;  ///< octets of a last line

struct RunEnded {
  RunId run = 0;
  RunEnd how = RunEnd::Exit;
  std::int32_t number = 0;  ///< see RunEnd
  RunStep step = RunStep::None;
  std::string last_line;  ///< of what it wrote to stdout and stderr, its first kMaxLine octets
  std::chrono::nanoseconds duration{};  ///< from its start; 0 where there was none
  friend bool operator==(const RunEnded&, const RunEnded&) = default;
};
constexpr auto fields_of(fields::Of<RunEnded>) {
  using fields::field;
  using T = RunEnded;
  return fields::table(field<&T::run>("run"), field<&T::how>("how"), field<&T::number>("number"),
                       field<&T::step>("step"),
                       field<&T::last_line>("last_line", fields::First{kMaxLine}),
                       field<&T::duration>("duration", fields::NotNegative()));
}

/// "exit status 1", "killed by signal 9", "did not end in time", "cannot run: execute: No such file
/// or directory".
[[nodiscard]] std::string to_string(const RunEnded& ended);

}  // namespace evenkeel::daemon
