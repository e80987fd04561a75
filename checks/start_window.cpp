#include "checks/start_window.h"

namespace evenkeel::checks {

bool StartWindow::has_room(TimePoint now) {
  while (!started_.empty() &&
         (started_.front().has_ended || started_.front().when + kYoung <= now)) {
    if (!started_.front().has_ended) --young_;
    started_.pop_front();
    ++first_;
  }
  return young_ < size_;
}

std::optional<TimePoint> StartWindow::next_room() const {
  for (const Started& each : started_) {
    if (!each.has_ended) return each.when + kYoung;
  }
  return std::nullopt;
}

StartWindow::Ticket StartWindow::begin(TimePoint now) {
  started_.push_back({.when = now});
  ++young_;
  return first_ + started_.size() - 1;
}

void StartWindow::end(Ticket ticket) {
  if (ticket < first_) return;  // it was too old to count
  Started& started = started_.at(ticket - first_);
  if (!started.has_ended) --young_;
  started.has_ended = true;
}

}  // namespace evenkeel::checks
