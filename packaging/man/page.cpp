// A file from its source. The line @SUBCOMMANDS@ becomes the synopsis of every subcommand,
// @JSON_FIELDS@ the list of the fields of JSON answers, @COMPLETION@ what bash completes.
//
// usage: evenkeel_page SOURCE PAGE
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

#include "daemon/control/json_reference.h"
#include "daemon/ctl/completion.h"
#include "daemon/ctl/help.h"
#include "daemon/ctl/subcommands.h"

namespace {

using evenkeel::ctl::all_subcommands;

struct Line {
  std::string_view mark;
  std::string (*text)();
};
constexpr Line kLines[] = {
    {"@SUBCOMMANDS@\n", [] { return evenkeel::ctl::manual_synopsis(all_subcommands()); }},
    {"@JSON_FIELDS@\n", [] { return evenkeel::daemon::json_manual(); }},
    {"@COMPLETION@\n", [] { return evenkeel::ctl::completion_rows(all_subcommands()); }},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::ifstream source(argv[1]);
  std::string page{std::istreambuf_iterator<char>(source), {}};
  bool is_found = false;
  for (const Line& line : kLines) {
    const std::size_t place = page.find(line.mark);
    if (place == std::string::npos) continue;
    page.replace(place, line.mark.size(), line.text());
    is_found = true;
  }
  if (!is_found) {
    std::cerr << argv[1] << ": has no line that is to be made\n";
    return 1;
  }
  std::ofstream target(argv[2]);
  target << page << std::flush;
  return target ? 0 : 1;
}
