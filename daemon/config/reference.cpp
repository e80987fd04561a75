// Writes what is made from the keys of the file (keys.h) when the project is built. Not installed.
//
//   config_reference schema OUTPUT
//   config_reference manual TEMPLATE OUTPUT
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

#include "daemon/config/key_facts.h"
#include "daemon/config/manual.h"
#include "daemon/config/schema.h"

namespace {

int fail(const std::string& error) {
  std::cerr << "config_reference: " << error << "\n";
  return 1;
}

int write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  return file << text << std::flush ? 0 : fail("cannot write " + path);
}

int write_manual(const std::string& from, const std::string& to) {
  std::ifstream file(from);
  if (!file) return fail("cannot read " + from);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto page = evenkeel::daemon::manual_page(text);
  return page ? write(to, *page) : fail(from + ": " + page.error());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "schema" && argc == 3)
    return write(argv[2], evenkeel::daemon::config_schema(evenkeel::daemon::key_facts()));
  if (what == "manual" && argc == 4) return write_manual(argv[2], argv[3]);
  return fail("usage: config_reference schema OUTPUT | manual TEMPLATE OUTPUT");
}
