// The answer to an HTTP check, cut into pieces: the first octets of the input choose the check and
// the size of the pieces, the rest is the answer. However it is cut, it comes to the same, unless
// the limit of the headers is near, which counts what has come.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "checks/http_response.h"

namespace {

using namespace evenkeel::checks;

ProbeResult judge(const HttpCheck& check, std::string_view answer, std::size_t size) {
  HttpResponse response(check);
  for (std::size_t at = 0; at < answer.size(); at += size) {
    if (auto result = response.add(answer.substr(at, size))) return *result;
  }
  return response.end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  HttpCheck check;
  if ((data[0] & 1U) != 0) check.method = "HEAD";
  if ((data[0] & 2U) != 0) check.body = "needle";
  check.body_limit = static_cast<std::uint32_t>(data[0] >> 2U) * 4;
  const std::size_t piece = std::max<std::size_t>(data[1], 1);
  const std::string_view answer(reinterpret_cast<const char*>(data) + 2, size - 2);

  const ProbeResult whole = judge(check, answer, answer.size() + 1);
  const ProbeResult pieces = judge(check, answer, piece);
  if (whole.detail.size() > 120 || pieces.detail.size() > 120) std::abort();
  // Without the end of the headers in it, a malformed answer is only refused at its end.
  const auto is_answer = [](const ProbeResult& result) {
    return result.reason == Reason::Passed || result.reason == Reason::HttpBody;
  };
  if (answer.size() <= HttpResponse::kHeaderLimit && is_answer(whole) && whole != pieces) {
    std::abort();
  }
  return 0;
}
