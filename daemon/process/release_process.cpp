#include "daemon/process/release_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <memory>
#include <poll.h>
#include <set>
#include <unistd.h>
#include <utility>
#include <vector>

#include "daemon/config/vrrp_record.h"
#include "daemon/process/boot_id.h"
#include "daemon/process/log.h"
#include "daemon/process/release_services.h"
#include "daemon/process/runtime_directory.h"
#include "daemon/process/shared_mapping.h"
#include "daemon/process/vrrp_files.h"
#include "vrrp/address_writer.h"
#include "vrrp/config_index.h"
#include "vrrp/interface_use.h"
#include "vrrp/link_monitor.h"
#include "vrrp/router.h"
#include "vrrp/timers.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// The wait for a new Master takes at least this.
constexpr vrrp::Duration kShortestWait = 800ms;
constexpr std::size_t kBuffer = 65536;

/// An instance that has addresses on its interface.
struct Leftover {
  vrrp::InstanceConfig config;
  int interface_index = 0;
  std::unique_ptr<vrrp::Router> router;  ///< nullptr: it cannot advertise
  std::optional<vrrp::Address> successor;
};

class Release {
 public:
  Release(const RuntimeDirectory& runtime, ReleaseScope scope, vrrp::Config config,
          vrrp::AddressWriter addresses, vrrp::LinkMonitor links)
      : runtime_(runtime),
        scope_(scope),
        config_(std::move(config)),
        addresses_(std::move(addresses)),
        links_(std::move(links)) {}

  int run() {
    open_page();
    if (!read_addresses()) return EXIT_FAILURE;
    for (const vrrp::InstanceConfig& config : config_.instances) find(config);
    for (Leftover& leftover : leftovers_) {
      if (leftover.router) (void)leftover.router->advertise(0, Clock::now());
    }
    wait_for_successors();
    int status = EXIT_SUCCESS;
    for (const Leftover& leftover : leftovers_) {
      if (!remove(leftover)) status = EXIT_FAILURE;
    }
    return status;
  }

 private:
  void open_page() {
    const auto file = runtime_.open_page(kVrrpPage, vrrp::SharedPage::kSize);
    if (file) page_ = SharedMapping::open(file->get(), boot_id());
  }

  [[nodiscard]] std::optional<vrrp::PageRecord> record_of(const vrrp::InstanceConfig& config) {
    return page_ ? page_->page().find(config.key()) : std::nullopt;
  }

  bool read_addresses() {
    for (const vrrp::InstanceConfig& config : config_.instances) adopt(config);
    auto installed = addresses_.read();
    if (!installed) {
      log_error("cannot release: read the addresses: " + installed.error().message());
      return false;
    }
    for (const vrrp::InstalledAddress& each : *installed) {
      if (each.is_ours) ours_.emplace(each.interface_index, each.address);
    }
    return true;
  }

  void adopt(const vrrp::InstanceConfig& config) {
    const vrrp::Interface* interface = links_.find(config.interface);
    for (const auto& address : vrrp::held_before(record_of(config), interface, config)) {
      addresses_.adopt(interface->index, address);
    }
  }

  /// Addresses that another program has added do not count: an instance with only such ones is left
  /// alone.
  [[nodiscard]] bool has_any_of_ours(const vrrp::Interface& interface,
                                     const vrrp::InstanceConfig& config) const {
    const auto all = vrrp::all_addresses(config);
    return std::any_of(all.begin(), all.end(), [&](const vrrp::InterfaceAddress& address) {
      return ours_.contains({interface.index, address});
    });
  }

  void find(const vrrp::InstanceConfig& config) {
    const vrrp::Interface* interface = links_.find(config.interface);
    if (interface == nullptr || !has_any_of_ours(*interface, config)) return;
    const auto record = record_of(config);
    if (scope_ == ReleaseScope::Leftovers && record &&
        record->state == vrrp::PageState::LeftUnanswered) {
      log_info("instance " + config.name +
               ": left as planned, its addresses wait for the next start");
      return;
    }
    leftovers_.push_back({.config = config,
                          .interface_index = interface->index,
                          .router = router_for(config, *interface),
                          .successor = std::nullopt});
  }

  /// nullptr: the instance cannot advertise; its addresses are removed all the same.
  std::unique_ptr<vrrp::Router> router_for(const vrrp::InstanceConfig& config,
                                           const vrrp::Interface& interface) {
    const vrrp::Interface* link = links_.find(config.link());
    const auto source =
        vrrp::usable_source(&interface, link, config, vrrp::virtual_addresses(config_));
    if (!source) return nullptr;
    const vrrp::Delivery delivery = vrrp::delivery_of(config, link->index, link->incarnation);
    auto receive = vrrp::ReceiveSocket::open(delivery, std::array{config.virtual_router_id});
    auto send = vrrp::SendSocket::open(delivery);
    if (!receive || !send) return nullptr;
    auto router = std::make_unique<vrrp::Router>(
        vrrp::AddRouter{.id = 1, .config = config, .is_grouped = false, .page_place = {}});
    (void)router->set_link({.id = 1,
                            .interface_index = interface.index,
                            .mac = interface.mac,
                            .sockets = std::make_shared<vrrp::Sockets>(
                                vrrp::Sockets{delivery, std::move(*receive), std::move(*send)})});
    (void)router->instance().handle(
        vrrp::InterfaceChanged{.problem = std::nullopt, .source = *source}, Clock::now());
    return router;
  }

  /// The peers' priorities are not known here. The peer of the lowest priority takes over last.
  [[nodiscard]] vrrp::Duration longest_wait() const {
    vrrp::Duration longest = kShortestWait;
    for (const Leftover& each : leftovers_) {
      if (!each.router) continue;
      longest = std::max(
          longest, vrrp::leave_limit(each.config.version, each.config.advertisement_interval));
    }
    return longest;
  }

  void wait_for_successors() {
    const auto limit = Clock::now() + longest_wait();
    for (;;) {
      std::vector<pollfd> polled;
      for (const Leftover& each : leftovers_) {
        if (!each.router || each.successor) continue;
        polled.push_back(
            {.fd = each.router->shared_sockets()->receive.fd(), .events = POLLIN, .revents = 0});
      }
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - Clock::now());
      if (polled.empty() || left <= 0ms) return;
      if (::poll(polled.data(), polled.size(), static_cast<int>(left.count())) < 0 &&
          errno != EINTR) {
        return;
      }
      for (Leftover& each : leftovers_) {
        if (each.router && !each.successor) receive(each);
      }
    }
  }

  void receive(Leftover& leftover) {
    for (;;) {
      const auto packet = leftover.router->shared_sockets()->receive.receive(buffer_);
      if (!packet || !*packet) return;
      const auto heard = leftover.router->judge((*packet)->datagram, Clock::now());
      const bool is_successor =
          heard && heard->priority > 0 && leftover.router->instance().heeds(*heard);
      if (is_successor) leftover.successor = heard->source;
    }
  }

  bool remove(const Leftover& leftover) {
    const std::string name = "instance " + leftover.config.name;
    bool is_done = true;
    const auto all = vrrp::all_addresses(leftover.config);
    const auto errors = addresses_.remove(leftover.interface_index, all);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!errors[i]) continue;
      is_done = false;
      log_error(
          fmt::format("{}: cannot remove {}: {}", name, to_string(all[i]), errors[i].message()));
    }
    if (page_) {
      if (const auto place = page_->page().take_place(leftover.config.key())) {
        page_->page().write(*place, {});
      }
    }
    if (!is_done) return false;
    log_info(fmt::format("{}: released; {}", name,
                         leftover.successor ? "the master is " + leftover.successor->to_string()
                                            : "nobody has answered"));
    return true;
  }

  const RuntimeDirectory& runtime_;
  ReleaseScope scope_;
  vrrp::Config config_;
  vrrp::AddressWriter addresses_;
  vrrp::LinkMonitor links_;
  std::optional<SharedMapping> page_;
  std::set<std::pair<int, vrrp::InterfaceAddress>> ours_;  ///< interface index, address
  std::vector<Leftover> leftovers_;
  std::array<std::uint8_t, kBuffer> buffer_{};
};

int fail(const std::string& why) {
  log_error("cannot release: " + why);
  return EXIT_FAILURE;
}

int release_addresses(const RuntimeDirectory& runtime, ReleaseScope scope) {
  const auto record = runtime.read_record(kVrrpRecord);
  if (!record) {
    if (record.error() == std::errc::no_such_file_or_directory) return EXIT_SUCCESS;
    return fail(runtime.path_of(kVrrpRecord) + ": " + record.error().message());
  }
  auto decoded = decode_vrrp_record(*record);
  if (!decoded)
    return fail(fmt::format("{}: {}", runtime.path_of(kVrrpRecord), to_string(decoded.error())));
  if (is_of_another_boot(decoded->boot, boot_id())) {
    log_info("no addresses released: " + runtime.path_of(kVrrpRecord) + " is of another boot");
    return EXIT_SUCCESS;
  }
  auto addresses = vrrp::AddressWriter::open();
  if (!addresses) return fail("open a netlink socket: " + addresses.error().message());
  auto links = vrrp::LinkMonitor::open({.on_change = [](const std::string&, bool) {}});
  if (!links) return fail("read the interfaces: " + links.error().message());
  const auto release = std::make_unique<Release>(runtime, scope, std::move(decoded->config),
                                                 std::move(*addresses), std::move(*links));
  int status = release->run();
  for (const std::string& name : decoded->unreadable) {
    log_error("instance " + name + ": its record cannot be used: nothing of it is released");
    status = EXIT_FAILURE;
  }
  return status;
}

}  // namespace

int run_release(const std::string& runtime_directory, ReleaseScope scope) {
  if (::access(runtime_directory.c_str(), F_OK) != 0) return EXIT_SUCCESS;  // nothing ever ran
  auto runtime = RuntimeDirectory::acquire(runtime_directory);
  if (!runtime) {
    if (!runtime.error().is_held) return fail(runtime.error().what);
    log_info("nothing released: " + runtime.error().what);
    return EXIT_SUCCESS;
  }
  for (const std::string& warning : runtime->warnings()) log_warning(warning);
  runtime->mark_leaving();  // a daemon that starts meanwhile waits for us
  // The addresses first: while they are here, packets come here.
  int status = release_addresses(*runtime, scope);
  if (scope == ReleaseScope::Everything && !release_services(*runtime)) status = EXIT_FAILURE;
  return status;
}

}  // namespace evenkeel::daemon
