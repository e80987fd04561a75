// One octet for the kind, then the fields by their tables (daemon/fields/byte_walker.h).
#include "daemon/process/message.h"

#include <algorithm>
#include <array>

#include "daemon/fields/byte_walker.h"

namespace evenkeel::daemon {
namespace {

/// In the order of Message's alternatives.
constexpr std::array<std::uint8_t, std::variant_size_v<Message>> kKinds = {
    1, 2, 3, 64, 65, 66, 68, 69, 67, 8, 72, 73, 9, 10};

}  // namespace

std::vector<std::byte> encode(const Message& message) {
  fields::ByteWriter to;
  to.number(kKinds.at(message.index()), 1);
  std::visit([&](const auto& known) { fields::put(to, known); }, message);
  return to.take();
}

tl::expected<Message, MessageError> decode(std::span<const std::byte> datagram) {
  if (datagram.size() > kMaxDatagram) return tl::unexpected(MessageError::TooLong);
  fields::ByteReader from(datagram);
  const auto* const kind = std::find(kKinds.begin(), kKinds.end(), from.number(1));
  auto message = fields::alternative<Message>(static_cast<std::size_t>(kind - kKinds.begin()));
  if (message) std::visit([&](auto& known) { fields::take(from, known); }, *message);
  if (from.is_truncated()) return tl::unexpected(MessageError::Truncated);
  if (!message) return tl::unexpected(MessageError::UnknownKind);
  if (from.is_refused()) return tl::unexpected(MessageError::BadValue);
  if (from.remaining() > 0) return tl::unexpected(MessageError::TrailingBytes);
  return std::move(*message);
}

}  // namespace evenkeel::daemon
