// The properties, watched after every event of a run.
#pragma once

#include <optional>
#include <string>

#include "scenario.h"
#include "vrrp/status.h"

namespace evenkeel::vrrp::simulator {

class Node;
class World;

class Watch {
 public:
  explicit Watch(const World& world);

  /// What does not hold, now.
  [[nodiscard]] std::optional<std::string> check();
  /// At the end.
  [[nodiscard]] std::optional<std::string> check_end() const;

 private:
  std::optional<std::string> two_masters(std::size_t router);
  std::optional<std::string> two_owners(std::size_t router);
  std::optional<std::string> stray_address(std::size_t router);
  std::optional<std::string> master_without_address(std::size_t router);
  std::optional<std::string> usurper(std::size_t router);
  std::optional<std::string> mute_master(std::size_t router);
  std::optional<std::string> group_apart();
  std::optional<std::string> movement(std::size_t router);
  std::optional<std::string> gap(std::size_t router);
  std::optional<std::string> long_gap(std::size_t router);
  std::optional<std::string> mastership_moved(std::size_t router);
  [[nodiscard]] std::optional<std::string> election(std::size_t router) const;
  [[nodiscard]] std::optional<std::string> sums(std::size_t router, const Node* master) const;
  /// Both are configured for one address.
  [[nodiscard]] bool share(std::size_t a, std::size_t b, std::size_t router) const;
  [[nodiscard]] Duration longest_contest() const;
  [[nodiscard]] bool may_have_missed(const Node& node, const Node& master,
                                     std::size_t router) const;
  [[nodiscard]] bool is_entitled(const Node& node, const Node& master, std::size_t router) const;

  struct Since {
    bool is_on = false;
    TimePoint at;
    /// How long it has been so without a break.
    Duration update(bool is_on_now, TimePoint now) {
      if (is_on_now && !is_on) at = now;
      is_on = is_on_now;
      return is_on ? now - at : Duration::zero();
    }
  };

  const World& world_;
  bool can_lose_final_advertisements_ = false;  ///< in this scenario
  bool are_intervals_mixed_ = false;
  bool is_split_ = false;  ///< likewise: two may not hear each other
  Since two_masters_[2][3][3];
  Since two_owners_[2][3][3];
  Since sharing_[2][3][3];
  Since stray_[2][3];
  Since bare_master_[2][3];
  Since mute_master_[2][3];
  Since without_address_[2][3];
  Since serving_[2][3];
  Since reaches_[2][3][3];
  Since clear_[2][3][3];
  bool was_serving_[2][3] = {};
  std::uint64_t moves_[2][3] = {};
  TimePoint moved_at_[2][3];
  Reason backup_reason_[2][3] = {};
  std::optional<std::size_t> master_[2];
  std::optional<std::uint64_t> transitions_[2][3];
};

}  // namespace evenkeel::vrrp::simulator
