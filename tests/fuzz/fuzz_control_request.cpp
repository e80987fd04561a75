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
  const auto problem = row ? (*row)->work_of(*request).error_or(ProtocolError{}) : row.error();
  if (error_line(problem).size() > 2048) std::abort();
  return 0;
}
