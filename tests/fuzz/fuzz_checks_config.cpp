// Any bytes as the checks process's list: no crash, and what is accepted has this one encoding.
#include <algorithm>
#include <cstdlib>

#include "daemon/config/checks_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evenkeel::daemon;
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto list = decode_checks(bytes);
  if (!list) return 0;
  const std::vector<std::byte> again = encode_checks(*list);
  if (!std::equal(bytes.begin(), bytes.end(), again.begin(), again.end())) std::abort();
  return 0;
}
