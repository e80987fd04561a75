// Text as the answer lines of protocol.h: each part behind a line that says how long it is, then
// the end.
//
// Pure. `Text` has `bool append_next(std::string&)`, as Answer: false when nothing was left.
#pragma once

#include <string>
#include <utility>

#include "daemon/control/answer.h"
#include "daemon/control/protocol.h"

namespace evenkeel::daemon {

template <typename Text>
class TextAnswer : public Answer {
 public:
  TextAnswer(Text text, int exit_code) : text_(std::move(text)), exit_code_(exit_code) {}

  bool append_next(std::string& out) override {
    if (is_over_) return false;
    chunk_.clear();
    if (!text_.append_next(chunk_)) {
      is_over_ = true;
      out += end_line(exit_code_);
      return true;
    }
    out += octets_line(kBytes, chunk_.size());
    out += chunk_;
    return true;
  }

 private:
  Text text_;
  std::string chunk_;  ///< kept, so that its memory is
  int exit_code_;
  bool is_over_ = false;
};

}  // namespace evenkeel::daemon
