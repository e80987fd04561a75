#include "daemon/control/service_selection.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <unordered_map>

#include "daemon/control/append.h"

namespace evenkeel::daemon {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Every selector of every service, with the indices of the services that it selects.
using Selectors = std::unordered_multimap<std::string, std::size_t>;

Selectors selectors_of(const Snapshot& snapshot) {
  Selectors selectors;
  for (std::size_t i = 0; i < snapshot.services.size(); ++i) {
    const ServiceSnapshot& service = snapshot.services[i];
    selectors.emplace(service.name, i);
    const std::string key = lower(to_string(service.service.key));  // "tcp 192.0.2.10:80"
    selectors.emplace(key, i);
    if (service.service.key.firewall_mark != 0) continue;
    selectors.emplace(key.substr(key.find(' ') + 1), i);
    selectors.emplace(service.service.key.address.to_string(), i);
  }
  return selectors;
}

/// Of a service: all of it, or which of its real servers.
struct Choice {
  bool is_whole = false;
  std::vector<bool> servers;  ///< empty: none

  [[nodiscard]] bool is_chosen() const { return is_whole || !servers.empty(); }
};

/// The selectors that select no service, and whether they select a real server.
using ServerSelectors = std::unordered_map<std::string, bool>;

/// The texts by which some of the selectors may name a server of this service: only those that one
/// of them looks like.
class ServerNames {
 public:
  explicit ServerNames(const ServerSelectors& selectors) {
    for (const auto& [text, found] : selectors) {
      boost::system::error_code error;
      static_cast<void>(boost::asio::ip::make_address(text, error));
      if (!error) {
        has_address_ = true;
      } else if (text.find('/') != std::string::npos) {
        has_path_ = true;
      } else if (text.find(':') != std::string::npos) {
        has_endpoint_ = true;
      }
    }
  }

  [[nodiscard]] std::vector<std::string> of(const ServiceSnapshot& service,
                                            const RealServerSnapshot& server) const {
    std::vector<std::string> texts{server.name};
    const ipvs::DestinationKey& key = server.destination.key;
    if (has_path_) texts.push_back(service.name + "/" + server.name);
    if (has_address_) texts.push_back(key.address.to_string());
    if (has_endpoint_) append_endpoint(texts.emplace_back(), key.address, key.port);
    return texts;
  }

 private:
  bool has_address_ = false, has_path_ = false, has_endpoint_ = false;
};

/// An address may be written in several ways; ours is one of them.
std::string as_written_by_us(const std::string& selector) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(selector, error);
  return error ? selector : address.to_string();
}

void choose_servers(const Snapshot& snapshot, ServerSelectors& selectors,
                    std::vector<Choice>& choices) {
  if (selectors.empty()) return;
  const ServerNames names(selectors);
  for (std::size_t i = 0; i < snapshot.services.size(); ++i) {
    const ServiceSnapshot& service = snapshot.services[i];
    for (std::size_t j = 0; j < service.real_servers.size(); ++j) {
      if (service.real_servers[j].is_sorry_server) continue;
      for (const std::string& text : names.of(service, service.real_servers[j])) {
        const auto found = selectors.find(text);
        if (found == selectors.end()) continue;
        found->second = true;
        choices[i].servers.resize(service.real_servers.size());
        choices[i].servers[j] = true;
      }
    }
  }
}

void keep_chosen(Snapshot& snapshot, const std::vector<Choice>& choices) {
  std::size_t at = 0;
  std::erase_if(snapshot.services, [&](ServiceSnapshot& service) {
    const Choice& choice = choices[at++];
    std::size_t server = 0;
    if (!choice.is_whole && choice.is_chosen()) {
      std::erase_if(service.real_servers,
                    [&](const RealServerSnapshot&) { return !choice.servers[server++]; });
    }
    return !choice.is_chosen();
  });
}

}  // namespace

tl::expected<std::shared_ptr<const Snapshot>, ProtocolError> select_services(
    const std::shared_ptr<const Snapshot>& snapshot, const std::vector<std::string>& selectors) {
  if (selectors.empty()) return snapshot;

  const Selectors known = selectors_of(*snapshot);
  std::vector<Choice> choices(snapshot->services.size());
  ServerSelectors of_servers;
  for (const std::string& selector : selectors) {
    auto [first, last] = known.equal_range(selector);
    if (first == last) std::tie(first, last) = known.equal_range(lower(selector));
    if (first == last) of_servers.emplace(as_written_by_us(selector), false);
    for (; first != last; ++first) choices[first->second].is_whole = true;
  }
  choose_servers(*snapshot, of_servers, choices);
  for (const std::string& selector : selectors) {
    const auto server = of_servers.find(as_written_by_us(selector));
    if (server == of_servers.end() || server->second) continue;
    return tl::unexpected(ProtocolError{
        ErrorCode::UnknownService,
        "no virtual service and no real server is called \"" + selector.substr(0, 128) + "\""});
  }

  auto part = std::make_shared<Snapshot>(*snapshot);
  part->instances.clear();
  part->processes.clear();
  part->warnings.clear();
  part->checks_frozen = false;  // its servers are stale
  keep_chosen(*part, choices);
  const bool is_any_refused =
      std::any_of(part->services.begin(), part->services.end(),
                  [](const ServiceSnapshot& service) { return !service.failure.empty(); });
  if (part->kernel == KernelState::Refusing && !is_any_refused) part->kernel = KernelState::InSync;
  return part;
}

}  // namespace evenkeel::daemon
