#include "checks/stream_search.h"

#include <algorithm>

namespace evenkeel::checks {

StreamSearch::StreamSearch(std::string_view text, std::uint64_t limit)
    : text_(text), limit_(limit), state_(text.empty() ? State::Found : State::Searching) {}

StreamSearch::State StreamSearch::add(std::string_view piece) {
  if (state_ != State::Searching || piece.empty()) return state_;
  const std::uint64_t room = limit_ - searched_;
  const bool is_over = piece.size() > room;
  if (is_over) piece = piece.substr(0, static_cast<std::size_t>(room));
  searched_ += piece.size();

  // An occurrence lies in this piece, or begins in the tail of the former ones and ends here.
  const std::size_t overlap = text_.size() - 1;
  const std::size_t tail_size = tail_.size();
  tail_ += piece.substr(0, overlap);
  if (tail_.find(text_) != std::string::npos || piece.find(text_) != std::string_view::npos) {
    return state_ = State::Found;
  }
  if (is_over) return state_ = State::LimitReached;

  if (piece.size() >= overlap) {
    tail_ = piece.substr(piece.size() - overlap);
  } else {
    const std::size_t excess =
        tail_size + piece.size() - std::min(tail_size + piece.size(), overlap);
    tail_.erase(0, excess);
  }
  return state_;
}

}  // namespace evenkeel::checks
