// Any bytes as the spawner's list of programs: no crash, and what is accepted has this one
// encoding.
#include <algorithm>
#include <cstdlib>

#include "daemon/spawner/program_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evenkeel::daemon;
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto list = decode_programs(bytes);
  if (!list) return 0;
  const std::vector<std::byte> again = encode_programs(*list);
  if (!std::equal(bytes.begin(), bytes.end(), again.begin(), again.end())) std::abort();
  return 0;
}
