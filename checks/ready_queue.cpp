#include "checks/ready_queue.h"

namespace evenkeel::checks {

Slot ReadyQueue::pop() {
  const bool is_first = other_.empty() || (is_first_next_ && !first_.empty());
  is_first_next_ = !is_first;
  Line& from = line(is_first);
  const Slot slot = from.front();
  from.pop_front();
  return slot;
}

void ReadyQueue::rename(const std::vector<std::optional<Slot>>& successors) {
  for (Line* each : {&first_, &other_}) {
    Line renamed;
    for (const Slot slot : *each) {
      if (successors[slot]) renamed.push_back(*successors[slot]);
    }
    *each = std::move(renamed);
  }
}

}  // namespace evenkeel::checks
