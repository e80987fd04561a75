#include "daemon/config/checks_codec.h"

#include <algorithm>
#include <functional>

#include "daemon/fields/byte_walker.h"

namespace evenkeel::daemon {

using List = std::vector<checks::ListedCheck>;

std::vector<std::byte> encode_checks(const List& list) {
  return fields::to_bytes(list);  // whoever reads refuses what is above the limit
}

tl::expected<List, fields::BytesError> decode_checks(std::span<const std::byte> bytes) {
  auto list = fields::from_bytes<List>(bytes, fields::AtMost{kMaxChecks});
  const auto is_out_of_order = [](const auto& one, const auto& next) { return one.id >= next.id; };
  if (list && std::adjacent_find(list->begin(), list->end(), is_out_of_order) != list->end()) {
    return tl::unexpected(fields::BytesError::BadValue);
  }
  return list;
}

}  // namespace evenkeel::daemon
