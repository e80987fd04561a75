// Two nodes, each with the two threads of a vrrp process, on the two hosts of namespaces.h.
#pragma once

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "namespaces.h"
#include "vrrp/writer.h"

namespace evenkeel::vrrp {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

inline InterfaceAddress host_address(const std::string& text) {
  const Address address = make_address(text);
  return {address, static_cast<std::uint8_t>(address.is_v4() ? 32 : 128)};
}

inline InstanceConfig instance(const std::string& interface, std::uint8_t priority) {
  InstanceConfig config;
  config.name = "web";
  config.interface = interface;
  config.virtual_router_id = 61;
  config.priority = priority;
  config.advertisement_interval = 100ms;
  config.virtual_addresses = {host_address("192.0.2.10")};
  config.announcements = {.at = {0s}, .refresh = 0s};
  return config;
}

inline Config config_of(std::vector<InstanceConfig> instances) {
  return {.address_lease = true, .instances = std::move(instances), .sync_groups = {}};
}

class Page {
 public:
  SharedPage& page() { return page_; }

 private:
  std::unique_ptr<std::uint64_t[]> words_ =
      std::make_unique<std::uint64_t[]>(SharedPage::kSize / 8);
  SharedPage page_{std::span<std::byte, SharedPage::kSize>(
      reinterpret_cast<std::byte*>(words_.get()), SharedPage::kSize)};
};

/// What the vrrp process is, without its channel. Lives in the namespace of the calling thread.
class Node {
 public:
  explicit Node(Page& page)
      : engine_(FrameSocket::open().value(), ConflictSocket::open().value(),
                AdvertisementTap::open().value(), &page.page()),
        writer_(Writer::open(
                    engine_, &page.page(), true,
                    {.on_status = [this](const auto& status) { statuses[status.name] = status; },
                     .on_note = [this](const Note& note) { notes.push_back(note.text); },
                     .on_echo = [this](std::uint64_t sequence) { echoed = sequence; },
                     .on_failover = [this](const auto&, auto outcome) { handed_over = outcome; },
                     .on_left = [this] { has_left = true; }})
                    .value()),
        thread_([this] { engine_.run(); }) {}
  ~Node() {
    writer_.reset();
    engine_.stop();
    thread_.join();
  }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  Writer& writer() { return *writer_; }
  void step() {
    writer_->receive_links();
    writer_->receive_notices();
    const auto next = writer_->next_refresh();
    const auto now = std::chrono::steady_clock::now();
    if (next && *next <= now) writer_->refresh(now);
  }
  State state() { return statuses["web"].state; }
  Reason reason() { return statuses["web"].reason; }

  std::map<std::string, InstanceStatus> statuses;
  std::vector<std::string> notes;
  std::uint64_t echoed = 0;
  std::optional<FailoverOutcome> handed_over;
  bool has_left = false;

 private:
  Engine engine_;
  std::unique_ptr<Writer> writer_;
  std::thread thread_;
};

class TwoNodes : public TwoHosts {
 protected:
  void SetUp() override {
    TwoHosts::SetUp();
    if (IsSkipped()) return;
    left_ = std::make_unique<Node>(page_);
    on(Host::Right, [&] { right_ = std::make_unique<Node>(other_page_); });
  }
  void TearDown() override {
    left_.reset();
    right_.reset();
    TwoHosts::TearDown();
  }

  /// Both nodes' writers take steps until it is so.
  bool comes(const std::function<bool()>& is_so, std::chrono::milliseconds limit = 8s) {
    return wait_until(
        [&] {
          if (left_) left_->step();
          on(Host::Right, [&] {
            if (right_) right_->step();
          });
          return is_so();
        },
        limit);
  }
  /// An address of ours.
  static bool is_installed(const std::string& address) {
    auto kernel = AddressWriter::open().value();
    const auto all = kernel.read().value();
    return std::any_of(all.begin(), all.end(), [&](const InstalledAddress& each) {
      return each.is_ours && each.address.address == make_address(address);
    });
  }
  bool right_has(const std::string& address) {
    bool result = false;
    on(Host::Right, [&] { result = is_installed(address); });
    return result;
  }
  bool is_master_of(const std::string& address) {
    return comes([&] { return left_->state() == State::Master && is_installed(address); });
  }

  std::size_t notes_with(const std::string& words) const {
    return static_cast<std::size_t>(std::count_if(
        left_->notes.begin(), left_->notes.end(),
        [&](const std::string& note) { return note.find(words) != std::string::npos; }));
  }

  Page page_;
  Page other_page_;
  std::unique_ptr<Node> left_;
  std::unique_ptr<Node> right_;
};

}  // namespace evenkeel::vrrp
