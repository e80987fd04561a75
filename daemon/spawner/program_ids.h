// Main's numbers for programs, and the list that it gives the spawner.
//
// Pure. A program that stands in several configurations keeps its number: what runs or waits goes
// on. No number is used twice.
#pragma once

#include <map>
#include <vector>

#include "daemon/spawner/program.h"

namespace evenkeel::daemon {

class ProgramIds {
 public:
  /// A new list. What was not on the last one is forgotten.
  void begin();
  /// Puts the program on the list, once. Its own id is not looked at.
  ProgramId add(Program program);
  /// Main's number for what is on no list, because it cannot run.
  ProgramId none() { return ++last_; }
  /// The programs that were added since begin(), by their numbers.
  [[nodiscard]] std::vector<Program> list() const;

 private:
  struct Less {
    bool operator()(const Program& a, const Program& b) const;
  };
  std::map<Program, ProgramId, Less> known_;
  std::map<ProgramId, const Program*> list_;  ///< into known_
  ProgramId last_ = 0;
};

}  // namespace evenkeel::daemon
