// Received buffers -> answers and results (codec.h). No length in them is trusted.
#include <algorithm>
#include <cstring>
#include <linux/netlink.h>

#include "ipvs/codec.h"

namespace evenkeel::ipvs {

namespace {

constexpr int kLargestErrno = 4095;  // MAX_ERRNO, include/linux/err.h

}  // namespace

bool Answer::is_result() const {
  return type == NLMSG_ERROR || type == NLMSG_DONE;
}

tl::expected<std::optional<Answer>, DecodeError> next_answer(std::span<const std::byte>& rest) {
  if (rest.empty()) return std::nullopt;
  nlmsghdr header{};
  if (rest.size() < sizeof header) return tl::unexpected(DecodeError::Truncated);
  std::memcpy(&header, rest.data(), sizeof header);
  if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest.size()) {
    return tl::unexpected(DecodeError::Truncated);
  }
  const Answer answer{header.nlmsg_type, header.nlmsg_flags, header.nlmsg_seq,
                      rest.subspan(sizeof header, header.nlmsg_len - sizeof header)};
  rest = rest.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), rest.size()));
  return answer;
}

tl::expected<int, DecodeError> decode_result(const Answer& answer) {
  int error = 0;
  if (answer.payload.size() < sizeof error) {
    if (answer.type == NLMSG_DONE) return 0;  // older kernels say no more
    return tl::unexpected(DecodeError::Truncated);
  }
  std::memcpy(&error, answer.payload.data(), sizeof error);
  if (error > 0 || error < -kLargestErrno) return tl::unexpected(DecodeError::BadResult);
  return -error;
}

tl::expected<void, DecodeError> BatchResults::take(std::span<const std::byte> datagram) {
  while (true) {
    const auto answer = next_answer(datagram);
    if (!answer) return tl::unexpected(answer.error());
    if (!*answer) return {};
    const std::uint32_t index = (*answer)->sequence - first_sequence_;
    if ((*answer)->type != NLMSG_ERROR || index >= errnos_.size()) continue;
    const auto result = decode_result(**answer);
    if (!result) return tl::unexpected(result.error());
    errnos_[index] = *result;
    if (index + 1 == errnos_.size()) is_complete_ = true;
  }
}

}  // namespace evenkeel::ipvs
