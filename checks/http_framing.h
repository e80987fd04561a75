// How long the body of an HTTP answer is, and in which codings it comes: what the header fields say
// of it (RFC 9112 section 6.3).
//
// Pure. Of the fields it keeps only what frames the body.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evenkeel::checks {

class HttpFraming {
 public:
  /// The next field. `is_cut`: the value goes on, but was not kept.
  void add(std::string_view name, std::string_view value, bool is_cut);

  /// Why the message cannot be framed: "Content-Length 1 and 2". Nothing: it can.
  [[nodiscard]] std::optional<std::string> problem() const;
  /// In chunks, whatever Content-Length says (RFC 9112 section 6.3, rule 3).
  [[nodiscard]] bool is_chunked() const { return chunked_ == 1 && is_chunked_last_; }
  /// Octets of the body; nothing: to the end of the connection, unless it is chunked.
  [[nodiscard]] std::optional<std::uint64_t> length() const;
  /// The coding that makes the body something else than its text: "gzip"; "" = none. Cut to 16
  /// octets, printable.
  [[nodiscard]] const std::string& coding() const { return coding_; }

 private:
  void add_length(std::string_view value, bool is_cut);
  void add_transfer_coding(std::string_view coding);
  void add_coding(std::string_view coding);

  std::optional<std::uint64_t> length_;
  std::string length_problem_;
  std::string coding_;
  unsigned chunked_ = 0;  // how often
  bool is_chunked_last_ = false;
  bool has_transfer_coding_ = false;
  bool is_transfer_coding_cut_ = false;
};

}  // namespace evenkeel::checks
