#include "daemon/process/stop_signal.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "daemon/process/find_process.h"

namespace evenkeel::daemon {
namespace {

/// systemd sets this for what it starts; then it is our parent.
bool has_service_manager() {
  return std::getenv("INVOCATION_ID") != nullptr;
}

std::string sender_of(const signalfd_siginfo& info) {
  if (info.ssi_code == SI_KERNEL) return "the terminal";
  const auto pid = static_cast<pid_t>(info.ssi_pid);
  if (has_service_manager() && pid == ::getppid()) return "the service manager";
  const auto sender = pid > 0 ? find_process(pid) : std::nullopt;
  return fmt::format("process {} ({}), user {}", pid, sender ? sender->command : "gone",
                     info.ssi_uid);
}

}  // namespace

struct StopSignal::Impl {
  explicit Impl(boost::asio::io_context& loop) : signals(loop) {}

  void receive() {
    signalfd_siginfo info{};
    const ssize_t count = ::read(signals.native_handle(), &info, sizeof info);
    if (count != static_cast<ssize_t>(sizeof info)) return wait();
    const char* name = info.ssi_signo == SIGINT ? "SIGINT" : "SIGTERM";
    stop(fmt::format("{} from {}", name, sender_of(info)));
  }

  void wait() {
    signals.async_wait(boost::asio::posix::descriptor_base::wait_read,
                       [this](const boost::system::error_code& error) {
                         if (!error) receive();
                       });
  }

  boost::asio::posix::stream_descriptor signals;
  std::function<void(const std::string&)> stop;
  std::string problem;  ///< then the signals kill, as they do by default
};

StopSignal::StopSignal(boost::asio::io_context& loop) : impl_(std::make_unique<Impl>(loop)) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  const int file = ::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
  if (file < 0) {
    impl_->problem = "cannot wait for signals: " + std::generic_category().message(errno);
    return;
  }
  impl_->signals.assign(file);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
}

StopSignal::~StopSignal() = default;

std::string StopSignal::wait(std::function<void(const std::string& from)> stop) {
  if (!impl_->problem.empty()) return impl_->problem;
  impl_->stop = std::move(stop);
  impl_->wait();
  return "";
}

}  // namespace evenkeel::daemon
