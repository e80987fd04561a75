// evenkeel(8) from its source: the line @SUBCOMMANDS@ becomes the synopsis of every subcommand.
//
// usage: evenkeel_page SOURCE PAGE
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "daemon/ctl/help.h"
#include "daemon/ctl/subcommands.h"

int main(int argc, char** argv) {
  constexpr std::string_view kPlace = "@SUBCOMMANDS@\n";
  if (argc != 3) return 2;
  std::ifstream source(argv[1]);
  std::string page{std::istreambuf_iterator<char>(source), {}};
  const std::size_t place = page.find(kPlace);
  if (place == std::string::npos) {
    std::cerr << argv[1] << ": has no line " << kPlace;
    return 1;
  }
  using namespace evenkeel::ctl;
  page.replace(place, kPlace.size(), manual_synopsis(all_subcommands()));
  std::ofstream target(argv[2]);
  target << page << std::flush;
  return target ? 0 : 1;
}
