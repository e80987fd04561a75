#include "vrrp/router.h"

#include <algorithm>

namespace evenkeel::vrrp {
namespace {

/// Only version 3 over IPv4 has two ways to sum.
bool has_dialects(const InstanceConfig& config) {
  return config.version == Version::V3 && config.family == Family::IPv4;
}

PageState page_state(const Instance& instance) {
  if (instance.reason() == Reason::LeftUnanswered) return PageState::LeftUnanswered;
  if (instance.state() != State::Master) return PageState::NotMaster;
  return instance.is_leaving() ? PageState::Leaving : PageState::Master;
}

}  // namespace

Router::Router(const AddRouter& request)
    : id_(request.id),
      instance_(request.config, request.is_grouped),
      page_place_(request.page_place),
      checksum_(request.config.checksum),
      dialect_(request.config.checksum) {
  reconfigure();
}

void Router::reconfigure() {
  told_.reset();  // it may have another name
  const InstanceConfig& config = instance_.config();
  if (std::exchange(checksum_, config.checksum) != config.checksum) {
    dialect_ = ChecksumDialect(config.checksum);
  }
  addresses_.clear();
  list_ = AddressList(config.virtual_addresses, config.family);
  for (const InterfaceAddress& each : all_addresses(config)) addresses_.push_back(each.address);
  claimable_ = addresses_;
  std::sort(claimable_.begin(), claimable_.end());
  password_ = password_from(config.password);
  announced_ = addresses_.size();
}

std::shared_ptr<Sockets> Router::set_link(SetLink link) {
  std::shared_ptr<Sockets> before = std::move(link_.sockets);
  link_ = std::move(link);
  is_listening_ = false;
  if (before == link_.sockets) before.reset();
  return before;
}

Expected Router::expected() const {
  const InstanceConfig& config = instance_.config();
  return {.version = config.version,
          .interval = config.advertisement_interval,
          .is_authenticated = !config.password.empty(),
          .password = password_};
}

std::optional<Heard> Router::judge(const Datagram& datagram, TimePoint at) {
  const auto received = decode_advertisement(datagram);
  if (!received) {
    count_drop(received.error(), datagram.source);
    return std::nullopt;
  }
  const auto drop = [&](DecodeError error) -> std::optional<Heard> {
    count_drop(error, received->source);
    return std::nullopt;
  };
  if (received->source == instance_.source()) return drop(DecodeError::OwnSource);
  const InstanceConfig& config = instance_.config();
  if (config.unicast) {
    const auto& peers = config.unicast->peers;
    if (std::find(peers.begin(), peers.end(), received->source) == peers.end()) {
      return drop(DecodeError::Source);
    }
  }
  if (const auto same = compare(received->advertisement, expected()); !same) {
    return drop(same.error());
  }
  const Heard heard{.source = received->source,
                    .priority = received->advertisement.priority,
                    .interval = received->advertisement.interval,
                    .at = at,
                    .list = list_.compare(received->advertisement.addresses),
                    .addresses = received->advertisement.addresses};
  if (!instance_.heeds(heard)) {
    count_drop(DecodeError::AddressList, received->source);
  } else if (has_dialects(config)) {
    dialect_.heard(received->checksum, received->source, at);
  }
  return heard;
}

void Router::count_drop(DecodeError error, const Address& source) {
  ++instance_.counters().dropped[static_cast<std::size_t>(error)];
  last_drop_ = Drop{.error = error, .source = source};
}

std::error_code Router::advertise(std::uint8_t priority, TimePoint now) {
  if (!link_.sockets) return std::make_error_code(std::errc::no_such_device);
  const InstanceConfig& config = instance_.config();
  const Advertisement advertisement{.version = config.version,
                                    .family = config.family,
                                    .virtual_router_id = config.virtual_router_id,
                                    .priority = priority,
                                    .interval = config.advertisement_interval,
                                    .addresses = list_.octets(),
                                    .is_authenticated = !config.password.empty(),
                                    .password = password_};
  std::error_code first;
  bool is_heard = false;
  const auto send = [&](ChecksumForm form, const Address& destination) {
    const auto bytes = encode_advertisement(advertisement, form, instance_.source(), destination);
    const auto error = link_.sockets->send.send(bytes.octets(), instance_.source(), destination);
    if (error && !first) first = error;
    if (!error) is_heard = true;
  };
  const auto send_to = [&](const Address& destination) {
    if (!has_dialects(config)) return send(ChecksumForm::PseudoHeader, destination);
    const ChecksumDialect::Forms forms = dialect_.forms(now);
    if (forms.pseudo_header) send(ChecksumForm::PseudoHeader, destination);
    if (forms.message) send(ChecksumForm::Message, destination);
  };
  if (config.unicast) {
    for (const Address& peer : config.unicast->peers) send_to(peer);
  } else {
    send_to(multicast_group(config.family));
  }
  if (!is_heard) return first;
  advertised_ = now;  // what nobody could hear lets nobody resume
  if (first) ++instance_.counters().sends_refused;
  return {};
}

std::size_t Router::send_announcements(FrameSocket& frames, std::size_t budget) {
  std::size_t sent = 0;
  while (is_announcing() && sent < budget) {
    const Frame frame = announcement(addresses_[announced_++], link_.mac);
    if (!frames.send(link_.interface_index, frame)) ++instance_.counters().announcements_sent;
    ++sent;
  }
  return sent;
}

void Router::probe(FrameSocket& frames) {
  for (const InterfaceAddress& each : instance_.config().virtual_addresses) {
    (void)frames.send(link_.interface_index, vrrp::probe(each.address, link_.mac));
  }
}

bool Router::is_claimed_by(int interface_index, const Claim& claim) const {
  return is_listening_ && link_.interface_index == interface_index &&
         std::binary_search(claimable_.begin(), claimable_.end(), claim.address);
}

bool Router::has_news() {
  const Headline now = instance_.headline();
  return std::exchange(told_, now) != now;
}

bool Router::has_counted() const {
  return told_counters_ != instance_.counters();
}

InstanceStatus Router::tell() {
  told_counters_ = instance_.counters();
  InstanceStatus result = instance_.status();
  result.last_drop = last_drop_;
  return result;
}

void Router::write_page(SharedPage& page) {
  const PageRecord record{.state = page_state(instance_),
                          .is_held = instance_.is_held(),
                          .last_advertisement = advertised_};
  if (!page_place_ || record == written_) return;
  page.write(*page_place_, record);
  written_ = record;
}

}  // namespace evenkeel::vrrp
