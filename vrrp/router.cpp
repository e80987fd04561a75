#include "vrrp/router.h"

#include <algorithm>

namespace evenkeel::vrrp {
namespace {

/// Strangers can change what is believed of them: it is told no more often than this.
constexpr Duration kRivalsPause = std::chrono::seconds(1);

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
      page_{.place = request.page_place, .written = {}},
      checksum_(request.config.checksum),
      dialect_(request.config.checksum) {
  reconfigure();
}

void Router::reconfigure() {
  told_.headline.reset();  // it may have another name
  const InstanceConfig& config = instance_.config();
  if (std::exchange(checksum_, config.checksum) != config.checksum) {
    dialect_ = ChecksumDialect(config.checksum);
  }
  judge_lists();
  password_ = password_from(config.password);
  std::vector<Address> addresses;
  for (const InterfaceAddress& each : all_addresses(config)) addresses.push_back(each.address);
  frames_.set_addresses(std::move(addresses));
}

std::shared_ptr<Sockets> Router::set_link(SetLink link) {
  std::shared_ptr<Sockets> before = std::move(link_.sockets);
  link_ = std::move(link);
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

/// A Master that leaves has the addresses of the configuration before until its successor is heard,
/// which may not know another list yet.
void Router::judge_lists() {
  const InstanceConfig& config = instance_.config();
  if (!instance_.is_leaving()) left_with_.clear();
  std::vector<InterfaceAddress> others = config.extra_addresses;
  others.insert(others.end(), left_with_.begin(), left_with_.end());
  list_ = AddressList(config.virtual_addresses, config.family, others);
  const auto all = all_addresses(config);
  left_with_.insert(left_with_.end(), all.begin(), all.end());
  was_leaving_ = instance_.is_leaving();
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
    dialect_.heard(received->checksum, at);
  }
  return heard;
}

void Router::count_drop(DecodeError error, const Address& source) {
  ++instance_.counters().dropped[static_cast<std::size_t>(error)];
  drops_.last = Drop{.error = error, .source = source};
  drops_.from[static_cast<std::size_t>(error)] = source;
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

std::size_t Router::send_probes(FrameSocket& frames, std::size_t budget) {
  return frames_.send_probes(frames, link_.interface_index, link_.mac, budget).tried;
}

std::size_t Router::send_announcements(FrameSocket& frames, std::size_t budget) {
  const auto sent = frames_.send_announcements(frames, link_.interface_index, link_.mac, budget);
  instance_.counters().announcements_sent += sent.count;
  return sent.tried;
}

void Router::stop_listening() {
  if (!std::exchange(listening_since_, std::nullopt)) return;
  frames_.stop_probing();
  // The Master is heard again, and it is the Master that has answered.
  if (instance_.state() != State::Master) rivals_.forget_announcers();
}

void Router::see_advertisement(const Received& received, const AdvertisementTap::Packet& packet,
                               const std::optional<Address>& common, TimePoint at) {
  const InstanceConfig& config = instance_.config();
  const Advertisement& theirs = received.advertisement;
  const bool has_our_id =
      theirs.virtual_router_id == config.virtual_router_id && theirs.family == config.family;
  const bool is_own_source = received.source == instance_.source();
  // On a link without MAC addresses nobody can tell whose it is.
  if (is_own_source && packet.mac == MacAddress{}) return;
  const bool is_elsewhere = packet.interface_index != link_index();
  if (has_our_id && !is_own_source &&
      (is_elsewhere || !is_our_delivery(received.destination, config))) {
    count_drop(DecodeError::Delivery, received.source);  // our receive socket does not get it
  }
  if (instance_.state() == State::Initialize) return;
  const Duration own = config.advertisement_interval;
  const auto heard = instance_.last_heard(received.source);
  const bool is_unheard = !heard || 2 * (at - *heard) > 3 * std::max(own, theirs.interval);
  const auto rival = rival_in({.received = received,
                               .mac = packet.mac,
                               .common = common,
                               .is_unheard = is_unheard,
                               .is_elsewhere = is_elsewhere,
                               .at = at},
                              {config, password_, instance_.source()});
  if (!rival) return;
  if (rival->differences.empty()) return rivals_.agree(received.source, theirs.virtual_router_id);
  // The Master before may have said it.
  if (rival->is_owner && at - mastership_.since < own) return;
  rivals_.see(*rival, own);
}

void Router::see_conflict(const Conflict& conflict, TimePoint at) {
  // A Backup's Master answers for its addresses, unless it is silent.
  const bool is_master = instance_.state() == State::Master && !instance_.is_leaving();
  if (!is_master && !is_listening(at)) return;
  const Duration own = instance_.config().advertisement_interval;
  if (is_master && at - mastership_.since < own) return;
  Rival rival;
  rival.mac = conflict.mac;
  rival.is_owner = true;
  rival.is_announcing = true;
  rival.is_elsewhere = !has_addresses_on(link_index());
  rival.address = conflict.address;
  rival.heard = at;
  rivals_.see(rival, own);
}

void Router::note_master(TimePoint now) {
  if (was_leaving_ && !instance_.is_leaving()) judge_lists();
  const bool is_master = instance_.state() == State::Master;
  if (is_master == mastership_.is_ours && instance_.master() == mastership_.master) return;
  // Whoever is Master now may have announced; who answered our question still does.
  if (!is_master) rivals_.forget_announcers();
  mastership_ = {.is_ours = is_master, .master = instance_.master(), .since = now};
}

void Router::look_after_rivals(TimePoint now) {
  rivals_.forget(now, instance_.config().advertisement_interval);
  const bool asks = instance_.state() == State::Master && !instance_.is_leaving();
  frames_.ask_for(asks ? rivals_.announced() : RivalTable::Addresses());
}

bool Router::has_news(TimePoint now) {
  const Headline headline = instance_.headline();
  if (std::exchange(told_.headline, headline) != headline) return true;
  return told_.rivals != rivals_.generation() && now - told_.rivals_at >= kRivalsPause;
}

bool Router::has_changed() const {
  return told_.counters != instance_.counters() ||
         told_.tracks != instance_.following().generation();
}

InstanceStatus Router::tell(TimePoint now) {
  told_.counters = instance_.counters();
  told_.tracks = instance_.following().generation();
  if (std::exchange(told_.rivals, rivals_.generation()) != rivals_.generation()) {
    told_.rivals_at = now;
  }
  InstanceStatus result = instance_.status();
  result.last_drop = drops_.last;
  result.dropped_from = drops_.from;
  result.rivals = rivals_.believed();
  return result;
}

void Router::write_page(SharedPage& page) {
  const PageRecord record{.state = page_state(instance_),
                          .is_held = instance_.is_held(),
                          .last_advertisement = advertised_};
  if (!page_.place || record == page_.written) return;
  page.write(*page_.place, record);
  page_.written = record;
}

}  // namespace evenkeel::vrrp
