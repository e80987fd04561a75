// A process without room for one more descriptor, as long as the object lives.
//
// UBSan judges a type that it has not seen before with the help of a pipe: what is done under the
// limit has to be done once before.
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace evenkeel::daemon {

class NoDescriptors {
 public:
  NoDescriptors() {
    const int next = ::dup(STDIN_FILENO);  // the lowest number that is free
    EXPECT_GE(next, 0);
    ::close(next);
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit none{.rlim_cur = static_cast<rlim_t>(next), .rlim_max = before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

}  // namespace evenkeel::daemon
