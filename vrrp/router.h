// One virtual router as the engine has it: the instance, where it speaks, and how its actions
// become packets and frames.
//
// Engine's thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

#include "vrrp/address_list.h"
#include "vrrp/checksum_dialect.h"
#include "vrrp/engine.h"

namespace evenkeel::vrrp {

class Router {
 public:
  explicit Router(const AddRouter& request);

  [[nodiscard]] RouterId id() const { return id_; }
  [[nodiscard]] Instance& instance() { return instance_; }
  [[nodiscard]] const Instance& instance() const { return instance_; }

  /// The sockets before, if they were others.
  [[nodiscard]] std::shared_ptr<Sockets> set_link(SetLink link);
  [[nodiscard]] const MacAddress& mac() const { return link_.mac; }
  [[nodiscard]] const std::shared_ptr<Sockets>& shared_sockets() const { return link_.sockets; }
  [[nodiscard]] std::shared_ptr<Sockets> take_sockets() { return std::move(link_.sockets); }
  /// After Reconfigured: what was made of the configuration is made anew.
  void reconfigure();

  /// Judges what was received for this router's ID; what is not right is counted. Of a stranger's
  /// list the instance is told, but it heeds() it not.
  [[nodiscard]] std::optional<Heard> judge(const Datagram& datagram, TimePoint at);
  void count_drop(DecodeError error, const Address& source);

  /// To the group or to every peer. The first error, if none of them was reached.
  [[nodiscard]] std::error_code advertise(std::uint8_t priority, TimePoint now);

  /// The announcement of each address, from the first; send_announcements() goes on with it.
  void start_announcing() { announced_ = 0; }
  void stop_announcing() { announced_ = addresses_.size(); }
  [[nodiscard]] bool is_announcing() const { return announced_ < addresses_.size(); }
  /// At most `budget` frames; how many were sent.
  std::size_t send_announcements(FrameSocket& frames, std::size_t budget);

  void probe(FrameSocket& frames);
  /// Answers are awaited from now on.
  void listen() { is_listening_ = true; }
  void stop_listening() { is_listening_ = false; }
  [[nodiscard]] bool is_listening() const { return is_listening_; }
  /// One of its addresses, on its interface, and it is listening for that. Whether the MAC is this
  /// host's own is the caller's to ask.
  [[nodiscard]] bool is_claimed_by(int interface_index, const Claim& claim) const;

  /// The status, as it is told now.
  [[nodiscard]] InstanceStatus tell();
  /// True once for every change that an operator wants to know at once; what strangers' packets can
  /// change as often as they like is none.
  [[nodiscard]] bool has_news();
  /// The counters are others than those told last.
  [[nodiscard]] bool has_counted() const;
  void write_page(SharedPage& page);

 private:
  [[nodiscard]] Expected expected() const;

  RouterId id_;
  Instance instance_;
  std::optional<std::size_t> page_place_;
  std::optional<PageRecord> written_;
  TimePoint advertised_{};
  SetLink link_;
  ChecksumPolicy checksum_;
  ChecksumDialect dialect_;
  std::optional<Headline> told_;  ///< nothing: what comes is news
  std::optional<InstanceCounters> told_counters_;
  std::vector<Address> addresses_;  ///< virtual and extra ones
  std::vector<Address> claimable_;  ///< the same, sorted
  AddressList list_;                ///< those that are advertised
  Password password_{};
  std::size_t announced_ = 0;
  bool is_listening_ = false;
  std::optional<Drop> last_drop_;
};

}  // namespace evenkeel::vrrp
