#include "daemon/process/sealed_file.h"

#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace evenkeel::daemon {
namespace {

std::vector<std::byte> pattern(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7);
  return bytes;
}

TEST(SealedFile, ComesBackAsItWasSealed) {
  for (const std::size_t size : {0U, 1U, 4096U, 3000001U}) {
    const auto file = seal("test", pattern(size));
    ASSERT_TRUE(file.has_value()) << to_string(file.error());
    const auto contents = read_sealed(file->get(), 3000001);
    ASSERT_TRUE(contents.has_value()) << to_string(contents.error());
    EXPECT_EQ(*contents, pattern(size));
  }
}

TEST(SealedFile, NobodyCanChangeIt) {
  const auto file = seal("test", pattern(100));
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(::pwrite(file->get(), "x", 1, 0), -1);
  EXPECT_EQ(::ftruncate(file->get(), 10), -1);
  EXPECT_EQ(::ftruncate(file->get(), 1000), -1);
  EXPECT_EQ(::fcntl(file->get(), F_ADD_SEALS, F_SEAL_FUTURE_WRITE), -1);
  EXPECT_EQ(errno, EPERM);
  EXPECT_NE(::fcntl(file->get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(SealedFile, LongerThanTheLimitIsRefused) {
  const auto file = seal("test", pattern(100));
  ASSERT_TRUE(file.has_value());
  const auto contents = read_sealed(file->get(), 99);
  ASSERT_FALSE(contents.has_value());
  EXPECT_EQ(contents.error().fault, SealedFileFault::TooLong);
}

TEST(SealedFile, WhatIsNotSealedIsRefused) {
  const UniqueFd open_memfd(::memfd_create("test", MFD_ALLOW_SEALING | MFD_CLOEXEC));
  const UniqueFd no_memfd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  for (const int file : {open_memfd.get(), no_memfd.get(), -1}) {
    const auto contents = read_sealed(file, 100);
    ASSERT_FALSE(contents.has_value());
    EXPECT_EQ(contents.error().fault, SealedFileFault::NotSealed);
  }
  // A size that cannot change is not enough: the contents must not change either.
  ASSERT_EQ(::fcntl(open_memfd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), 0);
  EXPECT_FALSE(read_sealed(open_memfd.get(), 100).has_value());
}

}  // namespace
}  // namespace evenkeel::daemon
