// The request of the command `status`.
//
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/fields/table.h"
#include "daemon/fields/words.h"

namespace evenkeel::daemon {

enum class StatusView : std::uint8_t { Plain, Stats, Rate, Thresholds, PersistentConn };
constexpr auto words_of(StatusView) {
  using enum StatusView;
  return fields::words<StatusView>({{Plain, "plain"},
                                    {Stats, "stats"},
                                    {Rate, "rate"},
                                    {Thresholds, "thresholds"},
                                    {PersistentConn, "persistent_conn"}});
}

/// Whether the view shows the kernel's statistics, which cost a full netlink read.
[[nodiscard]] constexpr bool shows_statistics(StatusView view) {
  return view == StatusView::Stats || view == StatusView::Rate;
}

struct StatusRequest {
  std::vector<std::string> services;  ///< selectors; empty = all
  StatusView view = StatusView::Plain;
  bool exact = false;

  friend bool operator==(const StatusRequest&, const StatusRequest&) = default;
};
constexpr auto fields_of(fields::Of<StatusRequest>) {
  using fields::field;
  using T = StatusRequest;
  return fields::table(field<&T::services>("services"), field<&T::view>("view"),
                       field<&T::exact>("exact"));
}

}  // namespace evenkeel::daemon
