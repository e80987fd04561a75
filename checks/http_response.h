// The answer to an HTTP check, judged as its bytes come in, and as early as it can be: when the
// headers are complete, if the status decides; when the body's text is found; else at the end.
//
// Pure but for its parser (Boost.Beast), which this header hides. HTTP/1.0 and 1.1 (RFC 9112);
// bodies by Content-Length, chunked, or until the connection closes. Interim answers (1xx but 101)
// are read over.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "checks/check.h"

namespace evenkeel::checks {

class HttpResponse {
 public:
  /// Octets of status line and headers, interim answers included, and of the trailers or one
  /// chunk's header: more is HeaderTooLarge.
  static constexpr std::size_t kHeaderLimit = 8192;

  /// `check` must outlive the response.
  explicit HttpResponse(const HttpCheck& check);
  ~HttpResponse();
  HttpResponse(const HttpResponse&) = delete;
  HttpResponse& operator=(const HttpResponse&) = delete;

  /// The next bytes of the connection. Nothing: more are needed. Not to be called after a result.
  [[nodiscard]] std::optional<ProbeResult> add(std::string_view bytes);
  /// The peer has closed the connection.
  [[nodiscard]] ProbeResult end();

 private:
  class Parser;

  [[nodiscard]] std::optional<ProbeResult> consume(std::string_view& bytes);  // cuts what it took
  [[nodiscard]] std::optional<ProbeResult> judge() const;
  [[nodiscard]] std::string searched() const;

  const HttpCheck& check_;
  std::unique_ptr<Parser> parser_;
  std::string unparsed_;  // part of a header that has not come whole
  std::size_t header_octets_ = 0;
};

}  // namespace evenkeel::checks
