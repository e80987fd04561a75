#include "daemon/config/program_files.h"

#include <algorithm>
#include <cerrno>
#include <set>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include "daemon/config/writers.h"

namespace evenkeel::daemon {
namespace {

/// The first fault of a program's file; "" = none.
struct Judgement {
  Severity severity = Severity::Warning;
  std::string text;
};

std::string who_else_writes(const std::string& file) {
  if (auto who = others_who_write(file, SharedAs::File, file)) return *who;
  for (const Step& step : way_to(file)) {
    const std::string what = (step.as == SharedAs::Link ? "the link " : "the folder ") + step.path +
                             ", on the way to " + file;
    if (auto who = others_who_write(step.path, step.as, what)) return *who;
  }
  return "";
}

/// By its mode alone: an access control list may say something else.
bool may_execute(const struct stat& file, const User& user) {
  if (user.uid == 0) return (file.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
  if (file.st_uid == user.uid) return (file.st_mode & S_IXUSR) != 0;
  const bool is_in_group =
      file.st_gid == user.gid ||
      std::find(user.groups.begin(), user.groups.end(), file.st_gid) != user.groups.end();
  return (file.st_mode & (is_in_group ? S_IXGRP : S_IXOTH)) != 0;
}

Judgement judge(const PlacedProgram& program, const FoundUsers& found) {
  const std::string cannot_run = ": it cannot run";
  const auto user = found.users.find(program.user);
  const auto unanswered = found.unanswered.find(program.user);
  const std::string problem = unanswered != found.unanswered.end()
                                  ? unanswered->second
                                  : user_problem(program.user, ENOENT);
  if (user == found.users.end()) return {.text = program.file + ": " + problem + cannot_run};
  if (user->second.uid == 0) {
    if (auto who = who_else_writes(program.file); !who.empty()) {
      return {
          .severity = Severity::Error,
          .text = who + ": root would run what others have written; set another user, or the mode"};
    }
  }
  struct stat file {};
  if (::stat(program.file.c_str(), &file) != 0) {
    const int error = errno;
    if (error == EACCES) return {};  // its user may be let in where we are not
    return {.text = program.file + ": " + std::generic_category().message(error) + cannot_run};
  }
  if (!S_ISREG(file.st_mode)) return {.text = program.file + " is no file" + cannot_run};
  if (!may_execute(file, user->second)) {
    return {.text =
                program.file + ": the user " + program.user + " may not execute it" + cannot_run};
  }
  if (unanswered != found.unanswered.end()) {
    return {.text = program.file + ": " + problem + ": it runs as before, as uid " +
                    std::to_string(user->second.uid)};
  }
  return {};
}

}  // namespace

FoundUsers find_users(const std::vector<PlacedProgram>& programs, const Users& before) {
  std::set<std::string> names;
  for (const PlacedProgram& program : programs) names.insert(program.user);
  FoundUsers found;
  for (const std::string& name : names) {
    if (auto user = user_named(name)) {
      found.users.emplace(name, *std::move(user));
    } else if (user.error() != ENOENT) {
      found.unanswered.emplace(name, user_problem(name, user.error()));
      const auto known = before.find(name);
      if (known != before.end()) found.users.insert(*known);
    }
  }
  return found;
}

std::vector<Diagnostic> judge_programs(const std::vector<PlacedProgram>& programs,
                                       const FoundUsers& found) {
  std::map<std::pair<std::string, std::string>, Judgement> judged;
  std::vector<Diagnostic> diagnostics;
  for (const PlacedProgram& program : programs) {
    const auto [at, is_new] = judged.try_emplace({program.file, program.user});
    if (is_new) at->second = judge(program, found);
    if (at->second.text.empty()) continue;
    Diagnostic& each = diagnostics.emplace_back(program.at);
    each.severity = at->second.severity;
    each.message = "\"" + program.key + "\": " + printable(at->second.text);
  }
  return diagnostics;
}

}  // namespace evenkeel::daemon
