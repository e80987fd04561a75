// Where the parts of an HTTP answer lie in the octets of a connection: status line, fields, body,
// end (RFC 9112).
//
// Pure. A reader keeps no body and no field, only a line's first KiB: its memory is bounded
// whatever a server sends. The result for an answer does not depend on how the octets are cut into
// pieces.
//
// The reader is as lenient as RFC 9112 lets a recipient be, because a server that clients can use
// must not fail its check: lines end with LF or CR LF; empty lines may come before the status line;
// a status line may lack its reason, and the space before it; fields may be folded, and have blanks
// before the colon or characters in their names that are none of a token; a carriage return or
// another control character within a line is a character like any other, but NUL is not;
// Content-Length may be repeated, and counts for nothing beside Transfer-Encoding; a chunk's size
// may have leading zeros, blanks after it, and extensions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "checks/http_framing.h"

namespace evenkeel::checks {

class HttpReader {
 public:
  enum class Step : std::uint8_t {
    NeedsMore,  ///< everything was taken
    Head,       ///< status() stands, the headers are over
    Body,       ///< piece() is some of the body
    End,        ///< the message is complete: octets that follow are ignored
    TooLarge,   ///< the header limit is reached
    Malformed,  ///< problem() says what is wrong
  };

  /// `header_limit`: octets of empty lines, status line and headers, interim answers included; of a
  /// chunk's first line; and of the trailers. `is_head`: the answer is one to HEAD.
  HttpReader(bool is_head, std::uint32_t header_limit)
      : header_limit_(header_limit), is_head_(is_head) {}

  /// Reads on, and cuts what it took from `bytes`. To be called until it says NeedsMore; after
  /// End, TooLarge and Malformed it says the same for ever and takes nothing.
  [[nodiscard]] Step next(std::string_view& bytes);

  /// The final answer's, 100 to 999; interim answers (1xx but 101) are skipped.
  [[nodiscard]] int status() const { return status_; }
  /// Valid until the next call of next(), as long as the bytes that it was given.
  [[nodiscard]] std::string_view piece() const { return piece_; }
  /// Printable, at most 80 octets.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] const HttpFraming& framing() const { return framing_; }

  /// Some octet has come.
  [[nodiscard]] bool has_begun() const { return has_begun_; }
  [[nodiscard]] bool is_head_done() const { return state_ > State::Fields; }
  /// The end of the connection is the end of the message.
  [[nodiscard]] bool ends_with_connection() const { return state_ == State::ToEnd; }
  [[nodiscard]] std::uint64_t body_octets() const { return body_octets_; }  ///< so far
  /// How many octets are known to be missing from the body.
  [[nodiscard]] std::uint64_t missing_octets() const { return missing_; }

 private:
  enum class State : std::uint8_t {
    StatusLine,
    Fields,
    Fixed,      // missing_ octets
    ToEnd,      // of the connection
    ChunkSize,  // the line before a chunk
    Chunk,      // missing_ octets
    ChunkEnd,   // the line end after it
    Trailers,
    Done,
    TooLarge,
    Malformed,
  };
  /// What became of a line.
  enum class Line : std::uint8_t { Partial, Whole, Over };

  [[nodiscard]] Line take_line(std::string_view& bytes);
  [[nodiscard]] Step take_body(std::string_view& bytes);
  [[nodiscard]] Step step(std::string_view& bytes);
  [[nodiscard]] Step too_large();
  [[nodiscard]] Step malformed(std::string problem);
  void begin_line(State state);
  [[nodiscard]] bool is_possible() const;
  [[nodiscard]] Step end_line();
  [[nodiscard]] Step end_status_line();
  [[nodiscard]] Step end_field_line();
  [[nodiscard]] Step end_field();
  [[nodiscard]] Step end_headers();
  [[nodiscard]] Step end_chunk_size();

  std::uint32_t header_limit_;
  std::uint32_t section_octets_ = 0;  // of what header_limit_ counts
  bool is_head_;
  bool has_begun_ = false;
  bool has_nul_ = false;  // in line_, or in what was not kept of it
  bool is_line_cut_ = false;
  bool is_field_cut_ = false;
  State state_ = State::StatusLine;
  int status_ = 0;
  std::string line_;   // what is kept of it, without its end
  std::string field_;  // the field that a folded line may go on
  HttpFraming framing_;
  std::string_view piece_;
  std::uint64_t missing_ = 0;
  std::uint64_t body_octets_ = 0;
  std::string problem_;
};

}  // namespace evenkeel::checks
