#include "tests/daemon/control/control_harness.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {

ControlLimits quick_limits() {
  using namespace std::chrono_literals;
  ControlLimits limits;
  limits.request_time = 150ms;
  limits.write_progress = 300ms;
  limits.idle = 300ms;
  return limits;
}

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = "/tmp/evenkeel-test-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::filesystem::remove_all(path_);
}

std::shared_ptr<const Snapshot> FakeCommands::snapshot(bool with_statistics) {
  ++snapshots;
  had_statistics = with_statistics;
  return state;
}

void FakeCommands::reload(bool force, const Peer& peer, ReloadDone done) {
  ++reloads;
  was_forced = force;
  asked_by = peer.uid;
  if (keeps_reload_waiting) {
    waiting_ = std::move(done);
  } else {
    done(result);
  }
}

void FakeCommands::finish_reload() {
  std::exchange(waiting_, nullptr)(result);
}

void FakeCommands::failover(std::vector<std::string> names, const Peer& peer,
                            InstanceCommandDone done) {
  ++failovers;
  instances = std::move(names);
  asked_by = peer.uid;
  if (keeps_instances_waiting) {
    instances_waiting_ = std::move(done);
  } else {
    done(instance_result);
  }
}

void FakeCommands::resume(std::vector<std::string> names, const Peer& peer,
                          InstanceCommandDone done) {
  ++resumes;
  instances = std::move(names);
  asked_by = peer.uid;
  done(instance_result);
}

void FakeCommands::finish_instances() {
  std::exchange(instances_waiting_, nullptr)(instance_result);
}

struct RunningServer::Impl {
  boost::asio::io_context context;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  std::unique_ptr<ControlServer> server;
  std::thread thread;
};

RunningServer::RunningServer(const ControlLimits& limits, const std::string& status_group)
    : impl_(std::make_unique<Impl>()) {
  commands.state = std::make_shared<const Snapshot>(healthy_snapshot());
  ControlOptions options;
  options.directory = directory_.path();
  const group* own = ::getgrgid(::getegid());
  options.group = own == nullptr ? "evenkeel" : own->gr_name;
  options.status_group = status_group.empty() ? options.group : status_group;
  options.limits = limits;
  auto started = ControlServer::start(impl_->context, commands, options);
  if (!started) {
    ADD_FAILURE() << started.error();
    std::abort();
  }
  impl_->server = *std::move(started);
  impl_->thread = std::thread([this] { impl_->context.run(); });
}

RunningServer::~RunningServer() {
  stop();
  impl_->work.reset();
  impl_->thread.join();
}

std::string RunningServer::path(const std::string& socket) const {
  return directory_.path() + "/" + socket;
}

void RunningServer::on_thread(const std::function<void()>& work) {
  std::promise<void> done;
  boost::asio::post(impl_->context, [&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

ControlCounters RunningServer::counters() {
  ControlCounters result;
  on_thread([&] { result = impl_->server->counters(); });
  return result;
}

void RunningServer::stop() {
  on_thread([&] { impl_->server.reset(); });
}

Client::Client(const std::string& path)
    : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval limit{20, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  EXPECT_EQ(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0)
      << path;
}

Client::~Client() {
  ::close(descriptor_);
}

bool Client::send(const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = ::send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

std::string Client::line() {
  for (;;) {
    const std::size_t newline = input_.find('\n');
    if (newline != std::string::npos) {
      std::string result = input_.substr(0, newline);
      input_.erase(0, newline + 1);
      return result;
    }
    const std::string part = some(65536);
    if (part.empty()) return "";
    input_ += part;
  }
}

nlohmann::json Client::answer() {
  return nlohmann::json::parse(line(), nullptr, false);
}

nlohmann::json Client::ask(const std::string& request) {
  send(request + "\n");
  return answer();
}

std::string Client::some(std::size_t octets) {
  std::string buffer(octets, '\0');
  const ssize_t n = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
  buffer.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return buffer;
}

std::string Client::rest() {
  std::string all = std::exchange(input_, "");
  for (std::string part = some(65536); !part.empty(); part = some(65536)) all += part;
  return all;
}

void Client::shut_down_sending() {
  ::shutdown(descriptor_, SHUT_WR);
}

}  // namespace evenkeel::daemon
