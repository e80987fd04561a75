// Any bytes: decode answers without harm, and what it accepts has one spelling only.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "daemon/process/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evenkeel::daemon;
  const auto datagram = std::as_bytes(std::span(data, size));
  const auto message = decode(datagram);
  if (!message) return 0;
  const auto again = encode(*message);
  if (!std::equal(again.begin(), again.end(), datagram.begin(), datagram.end())) std::abort();
  if (decode(again) != message) std::abort();
  return 0;
}
