#include "watch.h"

#include "world.h"

namespace evenkeel::vrrp::simulator {
namespace {

using namespace std::chrono_literals;

/// A writer that is well does a handful of orders within this, and a netlink message arrives.
constexpr Duration kWriting = 100ms;

std::string node_text(std::size_t node, std::size_t router) {
  return "node " + std::to_string(node) + ", router " + std::to_string(router) + ": ";
}

std::string text(Duration time) {
  return std::to_string(std::chrono::duration<double, std::milli>(time).count()) + " ms";
}

}  // namespace

Watch::Watch(const World& world) : world_(world) {}

std::optional<std::string> Watch::check() {
  for (std::size_t router = 0; router < world_.scenario().routers; ++router) {
    if (auto what = two_masters(router)) return what;
    if (auto what = stray_address(router)) return what;
    if (auto what = master_without_address(router)) return what;
    if (world_.elapsed() >= world_.scenario().faults_from) {
      if (auto what = gap(router)) return what;
      if (auto what = mastership_moved(router)) return what;
    }
    if (world_.elapsed() >= world_.scenario().settled_at) {
      if (auto what = movement(router)) return what;
    }
  }
  return group_apart();
}

std::optional<std::string> Watch::check_end() const {
  for (std::size_t router = 0; router < world_.scenario().routers; ++router) {
    if (auto what = election(router)) return what;
  }
  if (world_.scenario().is_grouped) {
    for (const auto& node : world_.nodes()) {
      if (node->is_serving(0) != node->is_serving(1)) return "a group that is apart in the end";
    }
  }
  return std::nullopt;
}

// Once packets flow, the better Master's next advertisement ends it: at most one interval (its
// first one waits for the writer, at most 20 ms or half an interval), its way, and a wake-up.
std::optional<std::string> Watch::two_masters(std::size_t router) {
  const auto& nodes = world_.nodes();
  for (std::size_t a = 0; a < nodes.size(); ++a) {
    for (std::size_t b = a + 1; b < nodes.size(); ++b) {
      const bool is_so = nodes[a]->is_serving(router) && nodes[b]->is_serving(router) &&
                         world_.flows(a, b, router);
      const Duration lasting = two_masters_[router][a][b].update(is_so, world_.now());
      if (lasting == 0s) continue;
      const Duration interval = world_.scenario().longest_interval;
      const Duration limit =
          interval + std::min<Duration>(20ms, interval / 2) + kDelivery + 2 * kWakeUp;
      if (lasting > limit) return node_text(a, router) + "two Masters for " + text(lasting);
    }
  }
  return std::nullopt;
}

// Whoever is not Master has no address, as soon as the writer has removed it; unless nobody took
// over from it.
std::optional<std::string> Watch::stray_address(std::size_t router) {
  for (std::size_t i = 0; i < world_.nodes().size(); ++i) {
    const Node& node = *world_.nodes()[i];
    const bool is_so = node.is_writer_well() && node.has_address(router) &&
                       node.instance(router).state() != State::Master &&
                       node.instance(router).reason() != Reason::LeftUnanswered;
    if (stray_[router][i].update(is_so, world_.now()) > kWriting) {
      return node_text(i, router) + "an address where there is no Master";
    }
  }
  return std::nullopt;
}

std::optional<std::string> Watch::master_without_address(std::size_t router) {
  for (std::size_t i = 0; i < world_.nodes().size(); ++i) {
    const Node& node = *world_.nodes()[i];
    const bool is_so =
        node.is_writer_well() && !node.has_address(router) && node.is_serving(router);
    if (bare_master_[router][i].update(is_so, world_.now()) > kWriting) {
      return node_text(i, router) + "a Master without its address";
    }
  }
  return std::nullopt;
}

std::optional<std::string> Watch::group_apart() {
  if (!world_.scenario().is_grouped) return std::nullopt;
  for (const auto& node : world_.nodes()) {
    for (std::size_t router = 0; router < 2; ++router) {
      if (node->is_serving(router) && node->instance(1 - router).state() != State::Master) {
        return node_text(node->number(), router) + "Master without the other member";
      }
    }
  }
  return std::nullopt;
}

// Nothing but what crashes or cuts takes the address away from everybody.
std::optional<std::string> Watch::gap(std::size_t router) {
  if (world_.scenario().profile == Profile::Chaos) return std::nullopt;
  for (const auto& node : world_.nodes()) {
    if (node->has_address(router)) return std::nullopt;
  }
  return "router " + std::to_string(router) + ": the address is nowhere";
}

std::optional<std::string> Watch::mastership_moved(std::size_t router) {
  if (world_.scenario().profile != Profile::Respawn) return std::nullopt;
  for (std::size_t i = 0; i < world_.nodes().size(); ++i) {
    if (!world_.nodes()[i]->is_serving(router)) continue;
    if (!master_[router]) master_[router] = i;
    if (master_[router] != i) return node_text(i, router) + "mastership has moved";
  }
  return std::nullopt;
}

std::optional<std::string> Watch::movement(std::size_t router) {
  for (std::size_t i = 0; i < world_.nodes().size(); ++i) {
    const std::uint64_t count = world_.nodes()[i]->transitions(router);
    auto& before = transitions_[router][i];
    if (before && *before != count) return node_text(i, router) + "moves in the quiet";
    before = count;
  }
  return std::nullopt;
}

std::optional<std::string> Watch::election(std::size_t router) const {
  const Node* master = nullptr;
  for (std::size_t i = 0; i < world_.nodes().size(); ++i) {
    const Node& node = *world_.nodes()[i];
    if (node.is_serving(router)) {
      if (master) return node_text(i, router) + "two Masters in the end";
      master = &node;
    }
  }
  if (!master) return "router " + std::to_string(router) + ": no Master in the end";
  if (!master->has_address(router)) return "the Master has no address in the end";
  const std::uint8_t priority = master->instance(router).status().priority;
  for (std::size_t i = 0; i < world_.nodes().size(); ++i) {
    const Node& node = *world_.nodes()[i];
    if (&node == master || !node.is_running()) continue;
    if (node.has_address(router)) return node_text(i, router) + "has the address, too";
    const InstanceStatus status = node.instance(router).status();
    bool is_held = status.is_held;
    if (world_.scenario().is_grouped) is_held |= node.instance(1 - router).status().is_held;
    const bool is_wanted = node.instance(router).config().preempt && !is_held;
    if (is_wanted && status.priority > priority) {
      return node_text(i, router) + "is better than the Master, and did not preempt";
    }
  }
  return std::nullopt;
}

}  // namespace evenkeel::vrrp::simulator
