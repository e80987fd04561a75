// Any bytes as a configuration file: no crash; every mistake has a place inside the file, in order;
// what is accepted makes a check list that the checks process accepts, and a part that the vrrp
// process accepts.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

#include "daemon/balancer/balancer.h"
#include "daemon/config/checks_codec.h"
#include "daemon/config/parse.h"
#include "daemon/config/vrrp_config.h"

namespace {

using namespace evenkeel::daemon;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_places(const std::vector<Diagnostic>& diagnostics, const std::string& text) {
  const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const Diagnostic& diagnostic : diagnostics) {
    require(diagnostic.file == "fuzz.toml");
    require(diagnostic.line >= 1 && diagnostic.line <= lines && diagnostic.column >= 1);
    require(diagnostic.column <= text.size() + 1);
    require(std::none_of(diagnostic.message.begin(), diagnostic.message.end(),
                         [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }));
  }
  require(std::is_sorted(diagnostics.begin(), diagnostics.end(), [](const auto& a, const auto& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const SourceFile file{"fuzz.toml", std::string(reinterpret_cast<const char*>(data), size)};
  static_cast<void>(includes_of(file));
  const auto parsed = parse_config({file}, "lb1");
  if (!parsed) {
    require(!parsed.error().empty());
    require_places(parsed.error(), file.text);
    return 0;
  }
  require_places(parsed->warnings, file.text);
  Balancer balancer;
  static_cast<void>(balancer.configure(std::make_shared<const Config>(parsed->config), {}));
  const auto list = balancer.check_list();
  const auto decoded = decode_checks(encode_checks(list));
  require(decoded && *decoded == list);
  const auto vrrp = decode_vrrp(encode_vrrp(parsed->config.vrrp));
  require(vrrp && *vrrp == parsed->config.vrrp);
  return 0;
}
