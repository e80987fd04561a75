#include "daemon/control/instance_table.h"

#include <algorithm>
#include <string_view>

#include "daemon/control/append.h"

namespace evenkeel::daemon {

namespace {

using vrrp::State;

constexpr std::string_view kName = "INSTANCE";
constexpr std::string_view kInterface = "INTERFACE";
constexpr std::string_view kRouterId = "VRID";
constexpr std::string_view kState = "STATE";
constexpr std::string_view kPriority = "PRIORITY";
constexpr std::string_view kSince = "SINCE";
constexpr std::size_t kGap = 2;
constexpr std::size_t kMinStateWidth = 6;   // MASTER, BACKUP
constexpr std::size_t kMaxStateWidth = 42;  // the longest reasons are for one line, not for all
constexpr std::size_t kPriorityWidth = 14;
constexpr std::size_t kAddressesShown = 4;  // `evenkeel vrrp` shows all

bool has_track_trouble(const vrrp::InstanceStatus& status) {
  return std::any_of(status.tracks.begin(), status.tracks.end(), vrrp::is_trouble);
}

Color color_of(const InstanceSnapshot& instance) {
  const vrrp::InstanceStatus& status = instance.status;
  if (status.state == State::Initialize) return Color::Red;
  const bool is_odd = instance.is_stale || status.is_leaving || status.has_other_owner() ||
                      !status.rivals.empty() || status.kernel.has_foreign_address ||
                      status.kernel.has_refused_address || status.kernel.is_polling ||
                      !status.other_lists.empty() || status.is_held || has_track_trouble(status) ||
                      has_failed_hook(instance) || has_failed_unit(instance);
  return is_odd ? Color::Yellow : Color::Green;
}

/// Puts a blank before the first note, a comma before the others.
class Notes {
 public:
  explicit Notes(std::string& out) : out_(out) {}
  std::string& next() {
    out_ += is_first_ ? " " : ", ";
    is_first_ = false;
    return out_;
  }

 private:
  std::string& out_;
  bool is_first_ = true;
};

void append_addresses(std::string& out, const std::vector<vrrp::InterfaceAddress>& addresses) {
  const std::size_t shown = std::min(addresses.size(), kAddressesShown);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i != 0) out += ", ";
    out += vrrp::to_string(addresses[i]);
  }
  if (addresses.size() != shown) append(out, " and ", addresses.size() - shown, " more");
}

void append_title(std::string& out, std::string_view title, std::size_t width) {
  out += title;
  out.append(std::max(width, title.size()) - title.size() + kGap, ' ');
}

}  // namespace

void append_instance_state(std::string& out, const InstanceSnapshot& instance) {
  const vrrp::InstanceStatus& status = instance.status;
  out += vrrp::to_string(status.state);
  Notes notes(out);
  switch (status.state) {
    case State::Initialize:
      notes.next() += to_string(status.reason);  // which track it is has a line of its own
      break;
    case State::Backup:
      if (status.master) {
        append(notes.next(), "of ", *status.master);
      } else {
        notes.next() += "no master heard";
      }
      break;
    case State::Master:
      if (status.is_leaving) notes.next() += "leaving";
      break;
  }
  if (status.has_other_owner()) {
    notes.next() += "address claimed by another";
  } else if (!status.rivals.empty()) {
    notes.next() += "a peer differs";
  }
  if (status.kernel.has_foreign_address) notes.next() += "address put there by another";
  if (status.kernel.has_refused_address) notes.next() += "address refused";
  if (status.kernel.is_polling) notes.next() += "cannot wait for packets";
  if (!status.other_lists.empty()) notes.next() += "another address list heard";
  if (status.state != State::Initialize && has_track_trouble(status)) {
    notes.next() += "a track does not hold";
  }
  if (has_failed_hook(instance)) notes.next() += "hook failed";
  if (has_failed_unit(instance)) notes.next() += "a unit is not as wanted";
  if (status.is_held) notes.next() += "held";
  if (instance.is_stale) notes.next() += "stale";
}

std::string interface_names(const InstanceSnapshot& instance) {
  std::string text;
  append_printable(text, instance.config.interface);
  const std::string& kernel_name = instance.status.kernel.interface_name;
  if (!kernel_name.empty()) append(text, " (", Printable{kernel_name}, ")");
  return text;
}

InstanceTable::InstanceTable(const std::vector<InstanceSnapshot>& instances)
    : name_width_(kName.size()), interface_width_(kInterface.size()), state_width_(kMinStateWidth) {
  std::string state;
  for (const InstanceSnapshot& instance : instances) {
    name_width_ = std::max(name_width_, instance.config.name.size());
    interface_width_ = std::max(interface_width_, interface_names(instance).size());
    state.clear();
    append_instance_state(state, instance);
    if (state.size() <= kMaxStateWidth) state_width_ = std::max(state_width_, state.size());
  }
}

void InstanceTable::append_titles(std::string& out) const {
  append_title(out, kName, name_width_);
  append_title(out, kInterface, interface_width_);
  append_title(out, kRouterId, kRouterId.size());
  append_title(out, kState, state_width_);
  append_title(out, kPriority, kPriorityWidth);
  append_title(out, kSince, kSince.size());
  out += "VIRTUAL ADDRESSES\n";
}

void InstanceTable::append_row(std::string& out, const InstanceSnapshot& instance,
                               std::chrono::system_clock::time_point now, bool color) const {
  const auto append_column = [&out](std::size_t width, const auto&... parts) {
    const std::size_t start = out.size();
    append(out, parts...);
    pad(out, start, width);
    out.append(kGap, ' ');
  };
  append_column(name_width_, Printable{instance.config.name});
  append_column(interface_width_, interface_names(instance));
  append_right(out, instance.config.virtual_router_id, kRouterId.size());
  out.append(kGap, ' ');

  std::string state;
  append_instance_state(state, instance);
  append(out, Colored{color_of(instance), color, state});
  out.append(std::max(state_width_, state.size()) - state.size() + kGap, ' ');

  const std::uint8_t priority = instance.status.priority;
  if (priority == instance.config.priority) {
    append_column(kPriorityWidth, priority);
  } else {
    append_column(kPriorityWidth, priority, " of ", instance.config.priority);
  }
  if (instance.since.time_since_epoch().count() == 0) {
    append_column(kSince.size(), "-");
  } else {
    append_column(kSince.size(), Age{now - instance.since});
  }
  append_addresses(out, instance.config.virtual_addresses);
  out += '\n';
}

}  // namespace evenkeel::daemon
