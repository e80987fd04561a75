#include "daemon/ctl/connection.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <utility>

namespace evenkeel::ctl {

namespace {

constexpr std::size_t kReadStep = std::size_t{128} * 1024;

std::string why_not_connected(const std::string& path) {
  switch (errno) {
    case ENOENT:
      return "no daemon at " + path + ": there is no such socket; is evenkeeld running?";
    case ECONNREFUSED:
      return "no daemon at " + path +
             ": nobody listens there; evenkeeld was killed, or is starting";
    case EACCES:
    case EPERM:
      return "may not use " + path + ": permission denied; root and members of its group may";
    case EAGAIN:
      return "the daemon at " + path + " does not answer";
    default:
      return "cannot connect to " + path + ": " + std::generic_category().message(errno);
  }
}

}  // namespace

tl::expected<Connection, std::string> Connection::open(const std::string& path,
                                                       std::chrono::seconds patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return tl::unexpected("the socket's name is too long: " + path);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return tl::unexpected(why_not_connected(path));
  const int descriptor = socket.get();
  const timeval limit{patience.count(), 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return tl::unexpected(why_not_connected(path));
  }
  return Connection(std::move(socket), path);
}

Connection::Connection(UniqueFd socket, std::string path)
    : socket_(std::move(socket)), path_(std::move(path)) {}

std::string Connection::failure() const {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return "the daemon at " + path_ + " does not answer";
  return "lost the daemon at " + path_ + ": " + std::generic_category().message(errno);
}

tl::expected<void, std::string> Connection::send_line(std::string line) {
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    // A daemon that refuses us says why before it hangs up: that is read next.
    if (sent < 0 && errno == EPIPE) return {};
    if (sent < 0) return tl::unexpected(failure());
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

tl::expected<void, std::string> Connection::read_some() {
  if (taken_ != 0) input_.erase(0, std::exchange(taken_, 0));
  const std::size_t before = input_.size();
  input_.resize(before + kReadStep);
  ssize_t count = 0;
  do {
    count = ::recv(socket_.get(), input_.data() + before, kReadStep, 0);
  } while (count < 0 && errno == EINTR);
  input_.resize(before + (count > 0 ? static_cast<std::size_t>(count) : 0));
  if (count > 0) return {};
  if (count < 0) return tl::unexpected(failure());
  return tl::unexpected("the daemon at " + path_ + " hung up before its answer ended");
}

tl::expected<std::string_view, std::string> Connection::read_line() {
  std::size_t searched = taken_;
  for (;;) {
    const std::size_t newline = input_.find('\n', searched);
    if (newline != std::string::npos) {
      const std::string_view line(input_.data() + taken_, newline - taken_);
      taken_ = newline + 1;
      return line;
    }
    searched = input_.size() - taken_;  // read_some() moves what is left to the front
    if (auto more = read_some(); !more) return tl::unexpected(more.error());
  }
}

tl::expected<void, std::string> Connection::copy(std::size_t octets, Output& output) {
  while (octets > 0) {
    if (taken_ == input_.size()) {
      if (auto more = read_some(); !more) return more;
    }
    const std::size_t part = std::min(octets, input_.size() - taken_);
    if (!output.write(std::string_view(input_).substr(taken_, part))) {
      return tl::unexpected("cannot write: " + std::generic_category().message(errno));
    }
    taken_ += part;
    octets -= part;
  }
  return {};
}

}  // namespace evenkeel::ctl
