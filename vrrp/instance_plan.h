// From a configuration to the next one: which instances stay, change, leave and come, and in which
// order.
//
// Pure. Laws, each a property test: when all who leave have left, what runs is the new
// configuration; the same configuration again is an empty plan; an instance is added when nobody
// who leaves has its name, its key, its virtual router ID in the same place or one of its
// addresses; the members of a sync group are cleared together; the order of the file does not
// matter. Linear, but for a logarithm.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "vrrp/config.h"
#include "vrrp/router_id.h"

namespace evenkeel::vrrp {

/// Instances of one place share a receive socket: link, family, unicast source.
using ListeningPlace = std::tuple<std::string, Family, std::optional<Address>>;
[[nodiscard]] ListeningPlace listening_place(const InstanceConfig& config);

enum class Phase : std::uint8_t {
  Waits,  ///< until others have gone
  Runs,
  Leaves,  ///< asked to leave for good
  HasLeft,
  Clears,   ///< its addresses are being removed
  HasGone,  ///< they are removed
};

/// An instance of a configuration. What it refers to outlives it.
struct WantedInstance {
  RouterId id = 0;
  const InstanceConfig* config = nullptr;
  std::string_view group{};  ///< its sync group; "" = none
  RouterId replaces = 0;     ///< who leaves with its key; 0 = nobody

  friend bool operator==(const WantedInstance&, const WantedInstance&) = default;
};

/// An instance that is in the process or waits, with its phase.
struct PresentInstance {
  RouterId id = 0;
  const InstanceConfig* config = nullptr;
  std::string_view group{};
  Phase phase = Phase::Waits;
};

struct InstanceStep {
  enum class What : std::uint8_t {
    Leave,   ///< it is asked to leave for good: the file has it no more, or replaces it
    Change,  ///< it goes on with `config` and `group`
    Clear,   ///< its addresses go, but for those that its replacement takes up
    Forget,  ///< nothing is left of it
    Add,
  };
  What what = What::Add;
  RouterId id = 0;
  const InstanceConfig* config = nullptr;  ///< Change, Add
  std::string_view group{};                ///< likewise

  friend bool operator==(const InstanceStep&, const InstanceStep&) = default;
};

struct InstancePlan {
  /// All instances of the new configuration, in its order: who runs and goes on, and who waits.
  std::vector<WantedInstance> wanted;
  std::vector<InstanceStep> steps;  ///< Leave and Change, in the order of `present`
  RouterId next_id = 0;             ///< the first one that no instance has had
};

/// `present`: all that run, leave, or wait, under the configuration `before`. New instances get
/// `next_id` and the identities that follow; one that waits already keeps its own.
[[nodiscard]] InstancePlan plan_instances(const Config& before, const Config& after,
                                          std::span<const PresentInstance> present,
                                          RouterId next_id);

/// What can be done by now: Clear, then Forget, then Add.
[[nodiscard]] std::vector<InstanceStep> next_steps(std::span<const PresentInstance> present);

}  // namespace evenkeel::vrrp
