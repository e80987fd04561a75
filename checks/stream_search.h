// Whether some text occurs in the first octets of a stream that arrives in pieces.
//
// Pure. Of the stream it keeps only the last octets that may be the beginning of the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evenkeel::checks {

class StreamSearch {
 public:
  enum class State : std::uint8_t {
    Searching,
    Found,
    LimitReached,  ///< more than `limit` octets came, and the first `limit` do not contain it
  };

  /// `text` must outlive the search; an empty one is found at once. `limit` is in octets.
  StreamSearch(std::string_view text, std::uint64_t limit);

  /// The next piece, of any size. After Found or LimitReached nothing changes any more.
  State add(std::string_view piece);
  [[nodiscard]] State state() const { return state_; }
  /// Octets looked at, at most `limit`.
  [[nodiscard]] std::uint64_t searched() const { return searched_; }

 private:
  std::string_view text_;
  std::uint64_t limit_;
  std::uint64_t searched_ = 0;
  std::string tail_;  // the last octets, fewer than the text has
  State state_ = State::Searching;
};

}  // namespace evenkeel::checks
