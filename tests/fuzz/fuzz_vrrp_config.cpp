// Any bytes as the vrrp process's part: no crash, and what is accepted has this one encoding.
#include <cstdlib>
#include <string_view>

#include "daemon/config/vrrp_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evenkeel::daemon;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = decode_vrrp(text);
  if (config && encode_vrrp(*config) != text) std::abort();
  return 0;
}
