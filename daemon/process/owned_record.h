// The runtime record: which services in the kernel are ours, so that the next run knows what an
// earlier configuration left.
//
// Pure: JSON text <-> keys; owned_services.h keeps it.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "ipvs/types.h"

namespace evenkeel::daemon {

struct OwnedRecord {
  std::set<ipvs::ServiceKey> services;
  std::string boot;                  ///< the ID of the boot that wrote it; "" = not known
  std::vector<std::string> unknown;  ///< entries that this version cannot read, as they stand

  friend bool operator==(const OwnedRecord&, const OwnedRecord&) = default;
};

/// {"boot":"...","version":1,"services":[{"protocol":"TCP","address":"192.0.2.10","port":80},
/// {"firewall_mark":7,"family":"ipv4"}]}
[[nodiscard]] std::string encode_record(const OwnedRecord& owned);
/// Tolerant: an older or a newer version of the daemon may have written the text. An unknown member
/// is left out, and an unreadable entry does not affect the others. The error: what is wrong with
/// the text.
[[nodiscard]] tl::expected<OwnedRecord, std::string> decode_record(std::string_view text);

}  // namespace evenkeel::daemon
