// A whole received buffer, through every decoder of vrrp/rtnetlink.h.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "vrrp/rtnetlink.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evenkeel::vrrp;
  const std::vector<std::uint8_t> buffer(data, data + size);  // aligned, as a receive buffer is
  for_each_message(buffer, [](const nlmsghdr& message) {
    if (const auto link = decode_link(message)) {
      if (link->name.find('\0') != std::string::npos) __builtin_trap();
    }
    if (const auto address = decode_address(message)) {
      if (address->address.is_ours && !address->has_protocol) __builtin_trap();
    }
  });
  return 0;
}
