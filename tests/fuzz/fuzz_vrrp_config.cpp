// Any bytes as the vrrp process's part, and as the record of it: no crash; what is accepted as the
// one has this one encoding, and what is read from the other is written and read back.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "daemon/config/vrrp_config.h"
#include "daemon/config/vrrp_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evenkeel::daemon;
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto config = decode_vrrp(bytes);
  if (config) {
    const std::vector<std::byte> again = encode_vrrp(*config);
    if (!std::equal(bytes.begin(), bytes.end(), again.begin(), again.end())) std::abort();
  }
  const auto record = decode_vrrp_record({reinterpret_cast<const char*>(data), size});
  if (record) {
    const auto again = decode_vrrp_record(encode_vrrp_record(record->config, record->boot));
    if (!again || again->config != record->config) std::abort();
  }
  return 0;
}
