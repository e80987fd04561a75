#include "daemon/control/socket_file.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/control/peer.h"
#include "tests/daemon/control/control_harness.h"

namespace evenkeel::daemon {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

TEST(SocketFile, AStaleFileIsReplacedAndOnlyOursIsRemoved) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/control.sock";
  std::ofstream(path) << "stale";
  std::ofstream(path + ".new") << "of a killed start";
  const auto first = listen_at(path, ::getegid());
  ASSERT_TRUE(first.has_value()) << first.error();
  EXPECT_EQ(mode_of(path), 0660U);
  EXPECT_NE(::access((path + ".new").c_str(), F_OK), 0);
  { const Client client(path); }

  const auto second = listen_at(path, std::nullopt);  // a successor
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(mode_of(path), 0600U);
  remove(first->file);
  EXPECT_EQ(::access(path.c_str(), F_OK), 0);
  remove(second->file);
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
}

TEST(SocketFile, ErrorsNameTheFile) {
  const auto missing = listen_at("/nonexistent/directory/control.sock", std::nullopt);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error(),
            "bind /nonexistent/directory/control.sock.new: No such file or directory");
  const auto long_name = listen_at("/tmp/" + std::string(120, 'x'), std::nullopt);
  ASSERT_FALSE(long_name.has_value());
  EXPECT_NE(long_name.error().find("too long"), std::string::npos);
}

TEST(SocketFile, GroupsAreFoundByName) {
  EXPECT_EQ(find_group("root"), gid_t{0});
  EXPECT_EQ(find_group("no-such-group-here"), std::nullopt);
}

TEST(SocketFile, WithoutTheGroupTheServerSaysSo) {
  const TemporaryDirectory directory;
  boost::asio::io_context context;
  FakeCommands commands;
  ControlOptions options;
  options.directory = directory.path();
  options.group = "no-such-group-here";
  const auto server = ControlServer::start(context, commands, options);
  ASSERT_TRUE(server.has_value());
  ASSERT_EQ((*server)->warnings().size(), 1U);
  EXPECT_NE((*server)->warnings()[0].find("no-such-group-here"), std::string::npos);
  EXPECT_EQ(mode_of(directory.path() + "/control.sock"), 0600U);
  EXPECT_EQ(mode_of(directory.path() + "/status.sock"), 0600U);
}

TEST(Peer, IsWhoTheKernelSays) {
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
  const auto peer = peer_of(pair[0]);
  ASSERT_TRUE(peer.has_value());
  EXPECT_EQ(peer->uid, ::geteuid());
  EXPECT_EQ(peer->gid, ::getegid());
  EXPECT_EQ(peer->pid, ::getpid());
  ::close(pair[0]);
  ::close(pair[1]);
  EXPECT_FALSE(peer_of(-1).has_value());
}

TEST(Peer, MayBeRootOurselvesOrAMember) {
  const Peer stranger{1000, 1000, 1, {4, 24}};
  EXPECT_FALSE(is_permitted(stranger, 7, {}));
  EXPECT_FALSE(is_permitted(stranger, 7, std::array<gid_t, 2>{99, 98}));
  EXPECT_TRUE(is_permitted(stranger, 1000, {}));
  EXPECT_TRUE(is_permitted(stranger, 7, std::array<gid_t, 1>{24}));
  EXPECT_TRUE(is_permitted(stranger, 7, std::array<gid_t, 2>{99, 1000}));
  EXPECT_TRUE(is_permitted({0, 0, 1, {}}, 7, {}));
}

}  // namespace
}  // namespace evenkeel::daemon
