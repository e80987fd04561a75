#include "checks/socket_failure.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <set>

#include "printing.h"

namespace evenkeel::checks {
namespace {

struct Row {
  int error;
  Reason opening, connecting, talking;
};

constexpr Row kTable[] = {
    {ECONNREFUSED, Reason::ConnectRefused, Reason::ConnectRefused, Reason::ConnectRefused},
    {ECONNRESET, Reason::Reset, Reason::Reset, Reason::Reset},
    {EPIPE, Reason::Reset, Reason::Reset, Reason::Reset},
    {ETIMEDOUT, Reason::ConnectTimeout, Reason::ConnectTimeout, Reason::Deadline},
    {ENETUNREACH, Reason::LocalError, Reason::Unreachable, Reason::Unreachable},
    {EHOSTUNREACH, Reason::Unreachable, Reason::Unreachable, Reason::Unreachable},
    {ENOPROTOOPT, Reason::LocalError, Reason::Unreachable, Reason::Unreachable},
    {EHOSTDOWN, Reason::LocalError, Reason::Unreachable, Reason::Unreachable},
    {EMFILE, Reason::LocalError, Reason::LocalError, Reason::LocalError},
    {ENFILE, Reason::LocalError, Reason::LocalError, Reason::LocalError},
    {ENOBUFS, Reason::LocalError, Reason::LocalError, Reason::LocalError},
    {ENOMEM, Reason::LocalError, Reason::LocalError, Reason::LocalError},
    {EADDRNOTAVAIL, Reason::LocalError, Reason::LocalError, Reason::LocalError},
    {EPERM, Reason::LocalError, Reason::LocalError, Reason::LocalError},
    // whatever ICMP can say (icmp_err_convert, icmpv6_err_convert)
    {EACCES, Reason::LocalError, Reason::Unreachable, Reason::Unreachable},
    {EMSGSIZE, Reason::LocalError, Reason::Unreachable, Reason::Unreachable},
    {EOPNOTSUPP, Reason::LocalError, Reason::Unreachable, Reason::Unreachable},
    {ENONET, Reason::LocalError, Reason::Unreachable, Reason::Unreachable},
    {EPROTO, Reason::LocalError, Reason::Unreachable, Reason::Unreachable},
    {EINVAL, Reason::LocalError, Reason::Unreachable, Reason::Unreachable},
};

TEST(SocketFailure, TruthTable) {
  for (const Row& row : kTable) {
    EXPECT_EQ(socket_failure(row.error, Phase::Opening).reason, row.opening) << row.error;
    EXPECT_EQ(socket_failure(row.error, Phase::Connecting).reason, row.connecting) << row.error;
    EXPECT_EQ(socket_failure(row.error, Phase::Talking).reason, row.talking) << row.error;
  }
}

TEST(SocketFailure, OnceAPacketHasLeftOnlySixErrorsAreOurOwnFault) {
  const std::set<int> ours = {EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL, EPERM};
  for (int error = 1; error < 200; ++error) {
    for (const Phase phase : {Phase::Connecting, Phase::Talking}) {
      EXPECT_EQ(socket_failure(error, phase).reason == Reason::LocalError, ours.count(error) == 1)
          << error;
    }
  }
}

TEST(SocketFailure, AFirewallIsNotTakenForAPermissionOfThisHost) {
  EXPECT_EQ(socket_failure(EACCES, Phase::Connecting).detail, "prohibited by a router or firewall");
  EXPECT_EQ(socket_failure(EACCES, Phase::Opening).detail, "Permission denied");
}

TEST(SocketFailure, OurOwnFaultSaysWhichAndNoErrorPasses) {
  EXPECT_EQ(socket_failure(EMFILE, Phase::Opening).detail, "Too many open files");
  EXPECT_EQ(socket_failure(ENETUNREACH, Phase::Opening).detail, "Network is unreachable");
  EXPECT_EQ(socket_failure(ECONNREFUSED, Phase::Connecting).detail, "");
  for (int error = 1; error < 200; ++error) {
    for (const Phase phase : {Phase::Opening, Phase::Connecting, Phase::Talking}) {
      EXPECT_NE(socket_failure(error, phase).reason, Reason::Passed);
      EXPECT_LE(socket_failure(error, phase).detail.size(), 120U);
    }
  }
}

TEST(SocketFailure, TheDeadlineIsNamedForWhatItEnded) {
  EXPECT_EQ(deadline_failure(Phase::Opening).reason, Reason::ConnectTimeout);
  EXPECT_EQ(deadline_failure(Phase::Connecting).reason, Reason::ConnectTimeout);
  EXPECT_EQ(deadline_failure(Phase::Talking).reason, Reason::Deadline);
}

}  // namespace
}  // namespace evenkeel::checks
