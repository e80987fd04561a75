#include "daemon/process/process_facts.h"

#include <algorithm>

#include "daemon/fields/number_from.h"
#include "daemon/process/proc_text.h"

namespace evenkeel::daemon {
namespace {

/// A name that a stranger has chosen, for a terminal.
std::string printable(std::string_view text) {
  std::string result(text);
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

}  // namespace

ProcessFacts parse_process_status(std::string_view text) {
  ProcessFacts facts;
  for_each_line(text, [&](std::string_view line) {
    const std::string_view name = take_word(line);
    if (name == "Name:") {
      line.remove_prefix(std::min<std::size_t>(1, line.size()));
      facts.command = printable(line);
    } else if (name == "PPid:") {
      facts.parent = number_from<pid_t>(take_word(line)).value_or(0);
    } else if (name == "Uid:") {
      facts.uid = number_from<uid_t>(take_word(line));
    }
  });
  return facts;
}

}  // namespace evenkeel::daemon
