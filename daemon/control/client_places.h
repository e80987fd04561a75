// How many clients one socket serves at a time, and the places that are reserved for root.
//
// Pure.
#pragma once

#include <cstddef>
#include <map>
#include <sys/types.h>

namespace evenkeel::daemon {

struct PlaceLimits {
  std::size_t all = 64;       ///< clients of one socket
  std::size_t per_user = 16;  ///< of one user, root and our own excepted
  std::size_t reserve = 8;    ///< of all, for root and our own user alone
};

class ClientPlaces {
 public:
  /// `self`: our own user, who is treated as root is.
  ClientPlaces(const PlaceLimits& limits, uid_t self) : limits_(limits), self_(self) {}

  /// False: there is none for this user now.
  [[nodiscard]] bool take(uid_t user) {
    if (taken_ >= limits_.all) return false;
    const bool is_kept_for = is_privileged(user);
    std::size_t& of_user = by_user_[user];
    const bool is_refused =
        !is_kept_for && (of_user >= limits_.per_user || others_ + limits_.reserve >= limits_.all);
    if (is_refused) {
      if (of_user == 0) by_user_.erase(user);
      return false;
    }
    ++of_user;
    ++taken_;
    if (!is_kept_for) ++others_;
    return true;
  }

  void give_back(uid_t user) {
    const auto found = by_user_.find(user);
    if (found == by_user_.end()) return;
    if (--found->second == 0) by_user_.erase(found);
    --taken_;
    if (!is_privileged(user)) --others_;
  }

  [[nodiscard]] bool is_privileged(uid_t user) const { return user == 0 || user == self_; }

 private:
  PlaceLimits limits_;
  uid_t self_;
  std::size_t taken_ = 0;
  std::size_t others_ = 0;  ///< of taken_, by neither root nor ourselves
  std::map<uid_t, std::size_t> by_user_;
};

}  // namespace evenkeel::daemon
