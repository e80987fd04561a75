#include "checks/http_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "checks/http_text.h"

namespace evenkeel::checks {
namespace {

constexpr std::size_t kKept = 1024;  // octets of a line
constexpr std::size_t kVersionSize = sizeof("HTTP/1.") - 1;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Whether the line can be a status line, as far as it has come. A server that writes "HTTP/2.0"
/// and then speaks HTTP/1 is accepted.
bool begins_with_version(std::string_view line) {
  line = line.substr(0, kVersionSize);
  return std::string_view("HTTP/1.").starts_with(line) ||
         std::string_view("HTTP/2.").starts_with(line);
}

bool is_interim(int status) {
  return status / 100 == 1 && status != 101;  // RFC 9110 section 15.2
}

bool has_no_body(int status) {
  return status / 100 == 1 || status == 204 || status == 304;  // RFC 9112 section 6.3, rule 1
}

/// The protocol that a server seems to speak if its first line is not one of HTTP/1.
std::string other_protocol(std::string_view line) {
  if (line.starts_with("HTTP/")) return "another version: " + quoted(line);
  if (line.starts_with("\x15\x03") || line.starts_with("\x16\x03")) return "TLS, not HTTP";
  return "no HTTP answer: " + quoted(line);
}

/// The status of "HTTP/1.1 200 OK"; nothing: it is no status line.
std::optional<int> parse_status_line(std::string_view line) {
  line.remove_prefix(std::min(kVersionSize, line.size()));
  if (line.empty() || !is_digit(line.front())) return std::nullopt;
  line.remove_prefix(1);
  if (line.empty() || !is_blank(line.front())) return std::nullopt;
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, is_digit)) {
    return std::nullopt;
  }
  if (line.size() > 3 && !is_blank(line[3])) return std::nullopt;
  if (line.front() == '0') return std::nullopt;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/// The size of "1a; name=value"; nothing: it is none, or too large for any body.
std::optional<std::uint64_t> parse_chunk_size(std::string_view line) {
  line = line.substr(0, line.find(';'));
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  std::uint64_t size = 0;
  const char* const end = line.data() + line.size();
  const auto [rest, error] = std::from_chars(line.data(), end, size, 16);
  if (error != std::errc{} || rest != end || size > INT64_MAX) return std::nullopt;
  return size;
}

}  // namespace

HttpReader::Step HttpReader::next(std::string_view& bytes) {
  has_begun_ = has_begun_ || !bytes.empty();
  for (;;) {
    const State before = state_;
    const std::size_t size_before = bytes.size();
    const Step result = step(bytes);
    if (result != Step::NeedsMore) return result;
    if (state_ == before && bytes.size() == size_before) return Step::NeedsMore;
  }
}

/// Takes one line, or one piece of the body. NeedsMore: nothing to tell; some octets may be taken.
HttpReader::Step HttpReader::step(std::string_view& bytes) {
  switch (state_) {
    case State::StatusLine:
    case State::Fields:
    case State::ChunkSize:
    case State::ChunkEnd:
    case State::Trailers:
      if (bytes.empty()) return Step::NeedsMore;
      switch (take_line(bytes)) {
        case Line::Partial:
          return is_possible() ? Step::NeedsMore : end_line();
        case Line::Whole:
          return end_line();
        case Line::Over:
          return is_possible() ? too_large() : end_line();
      }
      return Step::NeedsMore;
    case State::Fixed:
    case State::Chunk:
    case State::ToEnd:
      return take_body(bytes);
    case State::Done:
      return Step::End;
    case State::TooLarge:
      return Step::TooLarge;
    case State::Malformed:
      return Step::Malformed;
  }
  return Step::NeedsMore;
}

/// Adds to line_ until a line feed.
HttpReader::Line HttpReader::take_line(std::string_view& bytes) {
  const std::size_t room = header_limit_ - section_octets_;
  const std::size_t feed = bytes.find('\n');
  const bool is_whole = feed != std::string_view::npos && feed < room;
  const std::string_view part = bytes.substr(0, std::min({feed, room, bytes.size()}));
  const std::size_t taken = part.size() + (is_whole ? 1 : 0);
  const bool is_over = !is_whole && taken < bytes.size();
  bytes.remove_prefix(taken);
  section_octets_ += static_cast<std::uint32_t>(taken);

  has_nul_ = has_nul_ || part.find('\0') != std::string_view::npos;
  const std::string_view kept = part.substr(0, kKept - std::min(kKept, line_.size()));
  line_ += kept;
  is_line_cut_ = is_line_cut_ || kept.size() < part.size();
  if (is_whole) {
    if (!is_line_cut_ && !line_.empty() && line_.back() == '\r') line_.pop_back();
    return Line::Whole;
  }
  return is_over ? Line::Over : Line::Partial;
}

HttpReader::Step HttpReader::take_body(std::string_view& bytes) {
  if (state_ != State::ToEnd && missing_ == 0) {
    begin_line(state_ == State::Fixed ? State::Done : State::ChunkEnd);
    return Step::NeedsMore;
  }
  if (bytes.empty()) return Step::NeedsMore;
  piece_ = bytes;
  if (state_ != State::ToEnd) {
    piece_ =
        bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(missing_, bytes.size())));
    missing_ -= piece_.size();
  }
  bytes.remove_prefix(piece_.size());
  body_octets_ += piece_.size();
  return Step::Body;
}

HttpReader::Step HttpReader::too_large() {
  state_ = State::TooLarge;
  return Step::TooLarge;
}

HttpReader::Step HttpReader::malformed(std::string problem) {
  state_ = State::Malformed;
  problem_ = std::move(problem);
  return Step::Malformed;
}

void HttpReader::begin_line(State state) {
  state_ = state;
  line_.clear();
  has_nul_ = false;
  is_line_cut_ = false;
  section_octets_ = 0;
}

/// Whether the line that has begun can still become an expected one. If not, the reader need not
/// wait for its end: it is another protocol's banner.
bool HttpReader::is_possible() const {
  if (state_ == State::ChunkEnd) return std::string_view("\r").starts_with(line_);
  if (state_ != State::StatusLine) return true;
  return begins_with_version(line_) || line_ == "\r";
}

HttpReader::Step HttpReader::end_line() {
  Step result = Step::NeedsMore;
  switch (state_) {
    case State::StatusLine:
      result = end_status_line();
      break;
    case State::Fields:
      result = end_field_line();
      break;
    case State::ChunkSize:
      result = end_chunk_size();
      break;
    case State::ChunkEnd:
      if (!line_.empty()) return malformed("a chunk is longer than its size");
      begin_line(State::ChunkSize);
      break;
    case State::Trailers:
      if (line_.empty()) state_ = State::Done;
      break;
    case State::Fixed:
    case State::ToEnd:
    case State::Chunk:
    case State::Done:
    case State::TooLarge:
    case State::Malformed:
      break;
  }
  line_.clear();
  has_nul_ = false;
  is_line_cut_ = false;
  return result;
}

HttpReader::Step HttpReader::end_status_line() {
  if (line_.empty()) return Step::NeedsMore;
  if (!is_possible()) return malformed(other_protocol(line_));
  const auto status = parse_status_line(line_);
  if (!status) return malformed("the status line is " + quoted(line_));
  if (has_nul_) return malformed("a NUL in the status line");
  status_ = *status;
  state_ = State::Fields;
  return Step::NeedsMore;
}

HttpReader::Step HttpReader::end_field_line() {
  if (has_nul_) return malformed("a NUL in the headers");
  const bool is_folded = !line_.empty() && is_blank(line_.front());
  if (is_folded) {  // RFC 9112 section 5.2
    if (field_.empty()) return malformed("a blank before the first header: " + quoted(line_));
    const std::size_t room = kKept - std::min(kKept, field_.size());
    is_field_cut_ = is_field_cut_ || is_line_cut_ || line_.size() > room;
    field_.append(line_, 0, room);
    return Step::NeedsMore;
  }
  if (const Step result = end_field(); result != Step::NeedsMore) return result;
  if (line_.empty()) return end_headers();
  field_ = line_;
  is_field_cut_ = is_line_cut_;
  return Step::NeedsMore;
}

HttpReader::Step HttpReader::end_field() {
  if (field_.empty()) return Step::NeedsMore;
  const std::size_t colon = field_.find(':');
  if (colon == std::string::npos && !is_field_cut_) {
    return malformed("a header without a colon: " + quoted(field_));
  }
  const std::string_view field = field_;
  const std::string_view name = trimmed(field.substr(0, colon));
  if (name.empty()) return malformed("a header without a name: " + quoted(field_));
  if (colon != std::string::npos) {
    framing_.add(name, trimmed(field.substr(colon + 1)), is_field_cut_);
  }
  field_.clear();
  return Step::NeedsMore;
}

HttpReader::Step HttpReader::end_headers() {
  if (is_interim(status_)) {
    status_ = 0;
    framing_ = {};
    state_ = State::StatusLine;
    return Step::NeedsMore;
  }
  const bool is_without_body = is_head_ || has_no_body(status_);
  if (is_without_body) {
    begin_line(State::Done);
    return Step::Head;
  }
  if (const auto problem = framing_.problem()) return malformed(*problem);
  if (framing_.is_chunked()) {
    begin_line(State::ChunkSize);
  } else if (const auto length = framing_.length()) {
    missing_ = *length;
    begin_line(State::Fixed);
  } else {
    begin_line(State::ToEnd);
  }
  return Step::Head;
}

HttpReader::Step HttpReader::end_chunk_size() {
  const auto size = parse_chunk_size(line_);
  if (!size) return malformed("the size of a chunk is " + quoted(line_));
  missing_ = *size;
  begin_line(*size == 0 ? State::Trailers : State::Chunk);
  return Step::NeedsMore;
}

}  // namespace evenkeel::checks
