// The answer to an HTTP check, judged as its bytes come in, and as early as it can be: when the
// headers are complete, if the status decides; when the body's text is found; else at the end.
//
// Pure. HTTP/1.0 and 1.1; where the parts of the answer lie is http_reader.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "checks/check.h"
#include "checks/http_reader.h"
#include "checks/stream_search.h"

namespace evenkeel::checks {

class HttpResponse {
 public:
  /// `check` must outlive the response.
  explicit HttpResponse(const HttpCheck& check);

  /// The next bytes of the connection, from which it cuts what it took. Nothing: more are needed.
  /// Not to be called after a result.
  [[nodiscard]] std::optional<ProbeResult> add(std::string_view& bytes);
  /// The peer has closed the connection.
  [[nodiscard]] ProbeResult end() const;

  /// The reader, with its place in the message: lingering.h reads on after the result.
  [[nodiscard]] HttpReader& reader() { return reader_; }

 private:
  [[nodiscard]] std::optional<ProbeResult> judge_head() const;
  [[nodiscard]] std::optional<ProbeResult> judge_piece();
  [[nodiscard]] ProbeResult not_found(Reason reason) const;

  const HttpCheck& check_;
  HttpReader reader_;
  StreamSearch search_;
};

}  // namespace evenkeel::checks
