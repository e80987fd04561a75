// A manual page from its source. The line @SUBCOMMANDS@ becomes the synopsis of every subcommand,
// @JSON_FIELDS@ the list of the fields of JSON answers.
//
// usage: evenkeel_page SOURCE PAGE
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "daemon/control/json_reference.h"
#include "daemon/ctl/help.h"
#include "daemon/ctl/subcommands.h"

int main(int argc, char** argv) {
  using namespace evenkeel;
  constexpr std::string_view kSubcommands = "@SUBCOMMANDS@\n", kFields = "@JSON_FIELDS@\n";
  if (argc != 3) return 2;
  std::ifstream source(argv[1]);
  std::string page{std::istreambuf_iterator<char>(source), {}};
  if (const std::size_t place = page.find(kSubcommands); place != std::string::npos) {
    page.replace(place, kSubcommands.size(), ctl::manual_synopsis(ctl::all_subcommands()));
  } else if (const std::size_t at = page.find(kFields); at != std::string::npos) {
    page.replace(at, kFields.size(), daemon::json_manual());
  } else {
    std::cerr << argv[1] << ": has neither a line " << kSubcommands << "nor " << kFields;
    return 1;
  }
  std::ofstream target(argv[2]);
  target << page << std::flush;
  return target ? 0 : 1;
}
