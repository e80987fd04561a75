// The answer to an HTTP check, cut into pieces: the first octets of the input choose the check and
// the size of the pieces, the rest is the answer. However it is cut, it comes to the same; what is
// read on after the verdict ends where the message does.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "checks/http_response.h"

namespace {

using namespace evenkeel::checks;

struct Judged {
  ProbeResult result;
  std::optional<std::size_t> message;  // octets, if it is complete
};

Judged judge(const HttpCheck& check, std::string_view answer, std::size_t size) {
  HttpResponse response(check);
  Judged judged;
  std::size_t taken = 0;
  bool is_over = false;
  std::optional<ProbeResult> result;
  for (std::size_t at = 0; at < answer.size() && !is_over; at += size) {
    std::string_view piece = answer.substr(at, size);
    const std::size_t whole = piece.size();
    if (!result) result = response.add(piece);
    while (result && !is_over) {
      const HttpReader::Step step = response.reader().next(piece);
      is_over = step == HttpReader::Step::End || step == HttpReader::Step::TooLarge ||
                step == HttpReader::Step::Malformed;
      if (step == HttpReader::Step::NeedsMore) break;
    }
    taken += whole - piece.size();
  }
  std::string_view nothing;
  if (result && response.reader().next(nothing) == HttpReader::Step::End) judged.message = taken;
  judged.result = result ? *result : response.end();
  return judged;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  HttpCheck check;
  if ((data[0] & 1U) != 0) check.method = "HEAD";
  if ((data[0] & 2U) != 0) check.body = "needle";
  if ((data[0] & 4U) != 0) check.header_limit = 64;
  check.body_limit = static_cast<std::uint32_t>(data[0] >> 3U) * 8;
  const std::size_t piece = std::max<std::size_t>(data[1], 1);
  const std::string_view answer(reinterpret_cast<const char*>(data) + 2, size - 2);

  const Judged whole = judge(check, answer, answer.size() + 1);
  Judged pieces = judge(check, answer, piece);
  if (whole.result.detail.size() > 120 || pieces.result.detail.size() > 120) std::abort();
  if (whole.result.reason == Reason::HttpMalformed) {  // seen early, it is shown short
    pieces.result.detail = whole.result.detail;
  }
  if (whole.result != pieces.result || whole.message != pieces.message) std::abort();
  return 0;
}
