#include "daemon/control/status_summary.h"

#include <string_view>

#include "daemon/control/append.h"

namespace evenkeel::daemon {

namespace {

Color color_of(KernelState state) {
  switch (state) {
    case KernelState::InSync:
      return Color::Green;
    case KernelState::Reading:
    case KernelState::Programming:
    case KernelState::Drift:
      return Color::Yellow;
    case KernelState::Missing:
    case KernelState::Refusing:
    case KernelState::Failing:
      return Color::Red;
    case KernelState::Unused:
      return Color::None;
  }
  return Color::None;
}

/// A line: the label in a colour, what it is about.
template <typename... Parts>
void append_state(std::string& out, std::string_view label, Colored shade, const Parts&... parts) {
  std::string text(label);
  text += ':';
  shade.text = text;
  append(out, shade, " ", parts..., "\n");
}

void append_process(std::string& out, const ProcessSnapshot& process, const Snapshot& snapshot,
                    Colored shade) {
  std::string since;
  if (process.since.time_since_epoch().count() != 0) {
    append(since, " since ", Age{snapshot.now - process.since});
  }
  append_state(out, process.role, shade, Printable{process.state}, since, ", ", process.restarts,
               process.restarts == 1 ? " restart" : " restarts");
}

/// Rivals of the instances, and tracks that do not hold: the first few; `evenkeel vrrp` has all.
void append_instances(std::string& out, const Snapshot& snapshot, bool color) {
  constexpr std::size_t kShown = 8;
  const Colored shade{Color::Yellow, color};
  std::size_t count = 0;
  for (const InstanceSnapshot& instance : snapshot.instances) {
    for (const vrrp::Rival& rival : instance.status.rivals) {
      if (++count > kShown) continue;
      append_state(out, "instance " + instance.config.name, shade,
                   Printable{who(rival, instance.config)}, " ",
                   Printable{what(rival, instance.config)});
    }
    for (const TrackView& view : tracks_of(instance)) {
      if (!is_trouble(view.track) || ++count > kShown) continue;
      append_state(out, "instance " + instance.config.name, shade,
                   Printable{vrrp::to_string(view.track)}, " (", to_string(view.state()), ", ",
                   Age{snapshot.now - view.since}, ")");
    }
  }
  if (count <= kShown) return;
  append_state(out, "instances", shade, count - kShown, " more of that kind: see `evenkeel vrrp`");
}

}  // namespace

void append_head(std::string& out, const Snapshot& snapshot, bool color, bool narrow) {
  append(out, "evenkeel ", Printable{snapshot.version}, " on ", Printable{snapshot.node_name},
         "   configuration ", Printable{snapshot.config_digest}, ", generation ",
         snapshot.generation, ", loaded ", Age{snapshot.now - snapshot.loaded}, " ago");
  if (needs_kernel(snapshot)) {
    append(out, narrow ? "\n" : "   ",
           Colored{color_of(snapshot.kernel), color, to_string(snapshot.kernel)});
  }
  out += '\n';
}

void append_problems(std::string& out, const Snapshot& snapshot, bool color) {
  const Colored red{Color::Red, color}, yellow{Color::Yellow, color};
  if (!snapshot.kernel_detail.empty() && needs_kernel(snapshot)) {
    append_state(out, "kernel", Colored{color_of(snapshot.kernel), color},
                 Printable{snapshot.kernel_detail});
  }
  for (const ProcessSnapshot& process : snapshot.processes) {
    if (process.state != "running") append_process(out, process, snapshot, red);
    if (!process.problem.empty()) append_state(out, process.role, red, Printable{process.problem});
  }
  if (snapshot.checks_frozen) {
    append_state(out, "checks", red,
                 "every check fails for a reason of this host's own; health stands still");
  }
  if (!snapshot.is_ready) append_state(out, "checks", yellow, "the first round is not over");
  append_instances(out, snapshot, color);
  for (const HookSnapshot& hook : snapshot.failed_hooks) {
    append_state(out, "hook", yellow, Printable{hook.owner}, ": ", Printable{hook.key}, ", ",
                 Printable{hook.file}, ": ", Printable{hook.result}, ", ",
                 Age{snapshot.now - hook.since}, " ago",
                 Printable{hook.last_line.empty() ? "" : ": " + hook.last_line});
  }
  for (const std::string& warning : snapshot.warnings) {
    append_state(out, "warning", yellow, Printable{warning});
  }
  if (snapshot.foreign_services != 0) {
    append_state(out, "foreign", Colored{Color::None, color}, snapshot.foreign_services,
                 snapshot.foreign_services == 1
                     ? " service in the kernel is not ours and left alone"
                     : " services in the kernel are not ours and left alone");
  }
}

}  // namespace evenkeel::daemon
