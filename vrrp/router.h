// The engine's part of one virtual router: the instance, its sockets, and the packets and frames
// that its actions become.
//
// Engine's thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

#include "vrrp/address_frames.h"
#include "vrrp/address_key.h"
#include "vrrp/address_list.h"
#include "vrrp/advertisement_tap.h"
#include "vrrp/checksum_dialect.h"
#include "vrrp/engine_messages.h"
#include "vrrp/frame_socket.h"
#include "vrrp/rival_sighting.h"
#include "vrrp/rival_table.h"
#include "vrrp/shared_page.h"

namespace evenkeel::vrrp {

class Router {
 public:
  explicit Router(const AddRouter& request);

  [[nodiscard]] RouterId id() const { return id_; }
  [[nodiscard]] Instance& instance() { return instance_; }
  [[nodiscard]] const Instance& instance() const { return instance_; }

  /// The sockets before, if they were others.
  [[nodiscard]] std::shared_ptr<Sockets> set_link(SetLink link);
  /// Where its advertisements come and go.
  [[nodiscard]] int link_index() const {
    return link_.sockets ? link_.sockets->delivery.interface_index : link_.interface_index;
  }
  [[nodiscard]] bool has_addresses_on(int interface_index) const {
    return interface_index == link_.interface_index;
  }
  /// Its addresses are on this interface, or its advertisements.
  [[nodiscard]] bool is_on(int interface_index) const {
    return interface_index == link_.interface_index || interface_index == link_index();
  }
  [[nodiscard]] const MacAddress& mac() const { return link_.mac; }
  [[nodiscard]] const std::shared_ptr<Sockets>& shared_sockets() const { return link_.sockets; }
  [[nodiscard]] std::shared_ptr<Sockets> take_sockets() { return std::move(link_.sockets); }
  /// After Reconfigured: what was made of the configuration is made anew.
  void reconfigure();

  /// Judges a packet for this router's ID, and counts a wrong one. The instance is told of a
  /// foreign list too, and does not heed it.
  [[nodiscard]] std::optional<Heard> judge(const Datagram& datagram, TimePoint at);
  void count_drop(DecodeError error, const Address& source);

  /// To the group or to every peer. The first error, if none of them was reached.
  [[nodiscard]] std::error_code advertise(std::uint8_t priority, TimePoint now);

  /// The announcement of each address, from the first; send_announcements() goes on with it.
  void start_announcing() { frames_.start_announcing(); }
  void stop_announcing() { frames_.stop_announcing(); }
  [[nodiscard]] bool is_announcing() const { return frames_.is_announcing(); }
  /// At most `budget` frames; how many were sent.
  std::size_t send_announcements(FrameSocket& frames, std::size_t budget);
  /// The same for the probes of the virtual addresses, of the first extra ones, and of those that
  /// rivals announce.
  void start_probing() { frames_.start_probing(); }
  [[nodiscard]] bool is_probing() const { return frames_.is_probing(); }
  std::size_t send_probes(FrameSocket& frames, std::size_t budget);
  /// Answers are awaited that come from now on.
  void listen(TimePoint now) { listening_since_ = now; }
  void stop_listening();
  [[nodiscard]] bool is_listening() const { return listening_since_.has_value(); }
  /// What the kernel received then may be an answer.
  [[nodiscard]] bool is_listening(TimePoint at) const {
    return listening_since_ && at >= *listening_since_;
  }

  // Who else is there (rival.h).
  /// Of all our addresses, extra ones too.
  [[nodiscard]] const std::vector<AddressKey>& address_keys() const { return frames_.keys(); }
  /// An advertisement on our interface from another host, whatever it is for. `common`: one of our
  /// addresses that it names. `at`: when the kernel received it.
  void see_advertisement(const Received& received, const AdvertisementTap::Packet& packet,
                         const std::optional<Address>& common, TimePoint at);
  /// Somebody with a MAC of another host says on our interface that it has an address of ours.
  void see_conflict(const Conflict& conflict, TimePoint at);
  /// Called after each event: for an interval after a change of Master, sightings do not count.
  void note_master(TimePoint now);
  /// Once a second: forgets those that are silent; each that announces an address is to be asked
  /// whether it is still there (send_probes()).
  void look_after_rivals(TimePoint now);

  /// The status, as it is told now.
  [[nodiscard]] InstanceStatus tell(TimePoint now);
  /// True once for every change that the operator is told at once. Changes that strangers' packets
  /// can make at any rate do not count.
  [[nodiscard]] bool has_news(TimePoint now);
  /// The counters, or what is shown of the tracks, have changed since they were told last.
  [[nodiscard]] bool has_changed() const;
  void write_page(SharedPage& page);

 private:
  /// The entry of the shared page.
  struct PageEntry {
    std::optional<std::size_t> place;
    std::optional<PageRecord> written;
  };
  /// What the writer was told last.
  struct Told {
    std::optional<Headline> headline;  ///< nothing: what comes is news
    std::optional<InstanceCounters> counters;
    std::uint32_t tracks = 0;  ///< generation
    std::uint32_t rivals = 0;  ///< generation
    TimePoint rivals_at{};
  };
  /// As of the last event.
  struct Mastership {
    bool is_ours = false;
    std::optional<Address> master;
    TimePoint since{};
  };
  struct Drops {
    std::optional<Drop> last;
    fields::EnumArray<DecodeError, std::optional<Address>> from;
  };

  void judge_lists();
  [[nodiscard]] Expected expected() const;

  RouterId id_;
  Instance instance_;
  PageEntry page_;
  TimePoint advertised_{};
  SetLink link_;
  ChecksumPolicy checksum_;
  ChecksumDialect dialect_;
  Told told_;
  AddressFrames frames_;  ///< of virtual and extra addresses
  AddressList list_;      ///< those that are advertised
  /// The addresses of all configurations since the router began to leave, or of the last one.
  std::vector<InterfaceAddress> left_with_;
  bool was_leaving_ = false;  ///< when the list was made
  Password password_{};
  std::optional<TimePoint> listening_since_;
  RivalTable rivals_;
  Mastership mastership_;
  Drops drops_;
};

}  // namespace evenkeel::vrrp
