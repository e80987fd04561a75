// The text of /proc/net/ip_vs.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ipvs/brief_view.h"
#include "ipvs/proc_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evenkeel::ipvs;
  const auto reading = parse_proc_table({reinterpret_cast<const char*>(data), size});
  if (reading) static_cast<void>(brief_view(reading->table));
  return 0;
}
