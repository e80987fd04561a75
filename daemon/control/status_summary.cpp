#include "daemon/control/status_summary.h"

#include <string_view>

#include "daemon/control/append.h"
#include "daemon/control/color.h"

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

void append_label(std::string& out, std::string_view label, Color shade, bool color) {
  begin_color(out, shade, color);
  append_printable(out, label);
  out += ':';
  end_color(out, shade, color);
  out += ' ';
}

void append_process(std::string& out, const ProcessSnapshot& process, const Snapshot& snapshot,
                    bool color) {
  append_label(out, process.role, Color::Red, color);
  append_printable(out, process.state);
  if (process.since.time_since_epoch().count() != 0) {
    out += " since ";
    append_age(out, snapshot.now - process.since);
  }
  out += ", ";
  append_number(out, process.restarts);
  out += process.restarts == 1 ? " restart\n" : " restarts\n";
}

/// Who else has an instance's addresses, or differs: the first few; `evenkeel vrrp` has all.
void append_rivals(std::string& out, const Snapshot& snapshot, bool color) {
  constexpr std::size_t kShown = 8;
  std::size_t count = 0;
  for (const InstanceSnapshot& instance : snapshot.instances) {
    for (const vrrp::Rival& rival : instance.status.rivals) {
      if (++count > kShown) continue;
      append_label(out, "instance " + instance.config.name, Color::Yellow, color);
      append_printable(out, who(rival, instance.config));
      out += ' ';
      append_printable(out, what(rival, instance.config));
      out += '\n';
    }
  }
  if (count <= kShown) return;
  append_label(out, "instances", Color::Yellow, color);
  append_number(out, count - kShown);
  out += " more of that kind: see `evenkeel vrrp`\n";
}

}  // namespace

void append_head(std::string& out, const Snapshot& snapshot, bool color) {
  out += "evenkeel ";
  append_printable(out, snapshot.version);
  out += " on ";
  append_printable(out, snapshot.node_name);
  out += "   configuration ";
  append_printable(out, snapshot.config_digest);
  out += ", generation ";
  append_number(out, snapshot.generation);
  out += ", loaded ";
  append_age(out, snapshot.now - snapshot.loaded);
  out += " ago";
  if (!needs_kernel(snapshot)) {
    out += '\n';
    return;
  }
  out += "   ";
  begin_color(out, color_of(snapshot.kernel), color);
  out += to_string(snapshot.kernel);
  end_color(out, color_of(snapshot.kernel), color);
  out += '\n';
}

void append_problems(std::string& out, const Snapshot& snapshot, bool color) {
  if (!snapshot.kernel_detail.empty() && needs_kernel(snapshot)) {
    append_label(out, "kernel", color_of(snapshot.kernel), color);
    append_printable(out, snapshot.kernel_detail);
    out += '\n';
  }
  for (const ProcessSnapshot& process : snapshot.processes) {
    if (process.state != "running") append_process(out, process, snapshot, color);
    if (!process.problem.empty()) {
      append_label(out, process.role, Color::Red, color);
      append_printable(out, process.problem);
      out += '\n';
    }
  }
  if (snapshot.checks_frozen) {
    append_label(out, "checks", Color::Red, color);
    out += "every check fails for a reason of this host's own; health stands still\n";
  }
  if (!snapshot.is_ready) {
    append_label(out, "checks", Color::Yellow, color);
    out += "the first round is not over\n";
  }
  append_rivals(out, snapshot, color);
  for (const std::string& warning : snapshot.warnings) {
    append_label(out, "warning", Color::Yellow, color);
    append_printable(out, warning);
    out += '\n';
  }
  if (snapshot.foreign_services != 0) {
    append_label(out, "foreign", Color::None, color);
    append_number(out, snapshot.foreign_services);
    out += snapshot.foreign_services == 1 ? " service in the kernel is not ours and left alone\n"
                                          : " services in the kernel are not ours and left alone\n";
  }
}

}  // namespace evenkeel::daemon
