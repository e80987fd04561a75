#include "checks/ready_queue.h"

namespace evenkeel::checks {

CheckId ReadyQueue::pop() {
  const bool is_first = other_.empty() || (is_first_next_ && !first_.empty());
  is_first_next_ = !is_first;
  Line& from = line(is_first);
  const CheckId id = from.front();
  from.pop_front();
  return id;
}

void ReadyQueue::rename(const std::vector<std::optional<CheckId>>& successors) {
  for (Line* each : {&first_, &other_}) {
    Line renamed;
    for (const CheckId id : *each) {
      if (successors[id]) renamed.push_back(*successors[id]);
    }
    *each = std::move(renamed);
  }
}

}  // namespace evenkeel::checks
