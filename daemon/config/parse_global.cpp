#include "daemon/config/parse_global.h"

namespace evenkeel::daemon {

std::string resolve_node_name(Written<GlobalConfig>& global, std::string_view host_name,
                              std::string_view given) {
  std::optional<std::string> written;
  if (const toml::node* const node = global.node("node_name")) {
    if (node->is_table()) {
      global.error("node_name",
                   "\"node_name\" cannot differ per node: it says which node this is; leave "
                   "it out to use the host name");
    } else {
      written = read_as(global.value("node_name"), Name{}, global.context().diagnostics);
    }
  }
  if (!given.empty()) return std::string(given);
  return written ? *written : std::string(host_name);
}

GlobalConfig parse_global(Written<GlobalConfig>& global, vrrp::Config& vrrp) {
  GlobalConfig config;
  config.node_name = global.context().node_name;
  global.take(config);
  global.take(vrrp);
  return config;
}

}  // namespace evenkeel::daemon
