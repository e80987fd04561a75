// The log's lines about a change of status: one line a change, never one a packet.
//
// Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/fields/severity.h"
#include "vrrp/config.h"
#include "vrrp/status.h"

namespace evenkeel::vrrp {

using fields::Severity;

struct Note {
  Severity severity = Severity::Info;
  std::string text;  ///< "instance web: entering MASTER state: master down timer expired"
  friend bool operator==(const Note&, const Note&) = default;
};

/// A counter has a line at 1, 10, 100, ...: a flood does not fill the log. `config`: what others
/// are compared with.
[[nodiscard]] std::vector<Note> notes(const InstanceStatus& before, const InstanceStatus& after,
                                      const InstanceConfig& config = {});

}  // namespace evenkeel::vrrp
