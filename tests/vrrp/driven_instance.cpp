#include "driven_instance.h"

#include <stdexcept>

namespace evenkeel::vrrp {
namespace {

struct Text {
  std::string operator()(const SendAdvertisement& action) const {
    return "advertise " + std::to_string(action.priority);
  }
  std::string operator()(const InstallAddresses&) const { return "install"; }
  std::string operator()(const AnnounceAddresses&) const { return "announce"; }
  std::string operator()(const ProbeAddresses&) const { return "probe"; }
  std::string operator()(const RemoveAddresses&) const { return "remove"; }
  std::string operator()(const AbandonAddresses&) const { return "abandon"; }
  std::string operator()(const Report&) const { return "report"; }
};

InterfaceChanged usable() {
  return {std::nullopt, boost::asio::ip::make_address("192.0.2.5")};
}

}  // namespace

InstanceConfig some_config() {
  InstanceConfig config;
  config.name = "web";
  config.interface = "eth0";
  config.virtual_router_id = 61;
  config.priority = 100;
  config.advertisement_interval = 1s;
  config.virtual_addresses = {{boost::asio::ip::make_address("192.0.2.10"), 32}};
  config.announcements.at = {0s, 1s};
  return config;
}

std::string to_text(const Actions& actions) {
  std::string text;
  for (const Action& action : actions) {
    if (!text.empty()) text += ", ";
    text += std::visit(Text{}, action);
  }
  return text;
}

DrivenInstance::DrivenInstance(InstanceConfig config, bool is_grouped)
    : instance_(std::move(config), is_grouped) {}

DrivenInstance& DrivenInstance::at(Duration time) {
  if (time < now_) throw std::logic_error("the clock never goes back");
  now_ = time;
  return *this;
}

std::string DrivenInstance::on(const Event& event) {
  Actions others;
  reported_ = false;
  for (const Action& action : instance_.handle(event, time())) {
    if (std::holds_alternative<Report>(action)) {
      reported_ = true;
    } else {
      others.push_back(action);
    }
  }
  return to_text(others);
}

std::string DrivenInstance::starts() {
  const std::string text = on(usable());
  return text + on(Startup{});
}

std::string DrivenInstance::hears(const char* source, std::uint8_t priority, Duration interval) {
  return on(Heard{boost::asio::ip::make_address(source), priority, interval, time()});
}

std::string DrivenInstance::hears_list(const char* source, std::uint8_t priority,
                                       std::span<const std::uint8_t> list, ListMatch match) {
  return on(Heard{boost::asio::ip::make_address(source), priority, 1s, time(), match, list});
}

std::string DrivenInstance::hears_late(const char* source, std::uint8_t priority, Duration time) {
  return on(Heard{boost::asio::ip::make_address(source), priority,
                  instance_.config().advertisement_interval, kStart + time});
}

std::string DrivenInstance::expires() {
  return on(TimerExpired{});
}

std::string DrivenInstance::waits() {
  at(deadline().value());
  return expires();
}

std::optional<Duration> DrivenInstance::deadline() const {
  if (const auto time = instance_.deadline()) return *time - kStart;
  return std::nullopt;
}

DrivenInstance DrivenInstance::backup(InstanceConfig config) {
  DrivenInstance instance(std::move(config));
  instance.starts();
  return instance;
}

DrivenInstance DrivenInstance::master(InstanceConfig config) {
  DrivenInstance instance = backup(std::move(config));
  while (instance.state() != State::Master) instance.waits();
  instance.installed();
  return instance;
}

}  // namespace evenkeel::vrrp
