// Any line is a request or a named error; what is a request survives being written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/control/command_rows.h"
#include "daemon/control/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace evenkeel::daemon;
  const auto request = parse_request({reinterpret_cast<const char*>(data), size});
  if (!request) {
    // Whatever was sent, the answer stays short.
    if (error_line(request.error()).size() > 2048) std::abort();
    return 0;
  }
  const auto again = parse_request(encode(*request));
  if (!again || *again != *request) std::abort();
  const auto row = find_command(request->command);
  if (!row && error_line(row.error()).size() > 2048) std::abort();
  if (!row) return 0;
  const auto work = (*row)->work_of(*request);
  if (!work && error_line(work.error()).size() > 2048) std::abort();
  return 0;
}
