// An open-loop client: a request every 1/rate seconds, each on a connection of its own, whether or
// not the ones before were answered. Latency counts from the moment at which a request was due, so
// that a stall of the server (or of this machine) shows in every request that it delayed.
//
//   evenkeel-load --to 192.0.2.10:80 --rate 300 --seconds 10
//   evenkeel-load --to [2001:db8::10]:53 --udp --rate 300 --seconds 10
//
// Over TCP it asks for --path by HTTP/1.1, and the first line of the answer's body names the
// server; over UDP it sends a datagram, and the first line of the answer names the server.
//
// Prints one JSON object: {"started": S, "rate": R, "seconds": T, "requests": [[due, took, outcome,
// server], ...]}. SIGTERM ends it early: no new request, those under way come to their end, and
// `seconds` is how long it sent. `started` and `due` are seconds, the first of CLOCK_MONOTONIC, the
// second counted from it; `took` is milliseconds from due to the end; `outcome` is "ok", "refused",
// "reset", "timeout", "unreachable", "eof" (closed before the answer was whole), "malformed",
// "status 503" or "local: ..." (this machine's own fault). One thread, epoll.
#include <algorithm>
#include <arpa/inet.h>
#include <boost/program_options.hpp>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <iostream>
#include <netdb.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

volatile std::sig_atomic_t is_told_to_end = 0;

struct Target {
  sockaddr_storage address{};
  socklen_t length = 0;
  std::string authority;  ///< as written, for the Host header
};

struct Options {
  Target target;
  bool udp = false;
  double rate = 0;
  double seconds = 0;
  nanoseconds timeout{};
  std::string path;
  int status = 200;
};

struct Request {
  Clock::time_point due;
  nanoseconds took{};
  int socket = -1;
  bool is_sent = false;
  bool is_over = false;
  std::string outcome;
  std::string server;
  std::string received;
};

std::string name_of(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "refused";
    case ECONNRESET:
    case EPIPE:
      return "reset";
    case ETIMEDOUT:
      return "timeout";
    case EHOSTUNREACH:
    case ENETUNREACH:
      return "unreachable";
    default:
      return std::string("local: ") + std::strerror(error);
  }
}

std::string first_line(std::string_view text) {
  text = text.substr(0, std::min<std::size_t>(64, text.find_first_of("\r\n")));
  std::string line;
  for (const char c : text) {
    if (c >= ' ' && c <= '~' && c != '"' && c != '\\') line += c;
  }
  return line;
}

struct Answer {
  int status = 0;
  std::string_view body;
};
enum class Progress { Incomplete, Malformed, Complete };

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  return value;
}

constexpr std::size_t kLongestHead = 65536;

/// What the lab's servers send: a status line, a Content-Length, a body.
Progress read_answer(std::string_view received, Answer& answer) {
  const std::size_t head_end = received.find("\r\n\r\n");
  if (head_end == std::string_view::npos) {
    return received.size() > kLongestHead ? Progress::Malformed : Progress::Incomplete;
  }
  const std::string_view head = received.substr(0, head_end + 2);
  if (head.substr(0, 7) != "HTTP/1.") return Progress::Malformed;
  const std::optional<int> status = number(head.substr(std::min<std::size_t>(9, head.size())));
  if (!status) return Progress::Malformed;
  answer.status = *status;
  answer.body = received.substr(head_end + 4);
  constexpr std::string_view kLength = "\r\ncontent-length:";
  const auto at =
      std::search(head.begin(), head.end(), kLength.begin(), kLength.end(),
                  [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
  if (at == head.end()) return Progress::Malformed;
  std::string_view value =
      head.substr(static_cast<std::size_t>(at - head.begin()) + kLength.size());
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  const std::optional<int> length = number(value);
  if (!length || *length < 0) return Progress::Malformed;
  return answer.body.size() < static_cast<std::size_t>(*length) ? Progress::Incomplete
                                                                : Progress::Complete;
}

class LoadClient {
 public:
  explicit LoadClient(const Options& options)
      : options_(options), poller_(epoll_create1(EPOLL_CLOEXEC)) {
    if (poller_ < 0) throw std::runtime_error("epoll_create1");
    query_ = options.udp
                 ? "who\n"
                 : "GET " + options.path + " HTTP/1.1\r\nHost: " + options.target.authority +
                       "\r\nConnection: close\r\n\r\n";
  }
  ~LoadClient() { close(poller_); }
  LoadClient(const LoadClient&) = delete;
  LoadClient& operator=(const LoadClient&) = delete;

  void run() {
    auto total = static_cast<std::size_t>(std::llround(options_.rate * options_.seconds));
    const std::chrono::duration<double> every(1.0 / options_.rate);
    requests_.reserve(total);  // epoll and waiting_ refer to elements by index
    started_ = Clock::now();
    while (requests_.size() < total || !waiting_.empty()) {
      const Clock::time_point now = Clock::now();
      if (is_told_to_end != 0 && requests_.size() < total) {
        total = requests_.size();
        options_.seconds = seconds(now - started_);
      }
      while (requests_.size() < total) {
        const auto due = started_ + std::chrono::duration_cast<nanoseconds>(
                                        every * static_cast<double>(requests_.size()));
        if (due > now) break;
        begin(due);
      }
      expire(now);
      wait(total, every);
    }
  }

  void print() const {
    std::printf("{\"started\": %.6f, \"rate\": %g, \"seconds\": %g, \"requests\": [",
                seconds(started_.time_since_epoch()), options_.rate, options_.seconds);
    const char* separator = "\n";
    for (const Request& request : requests_) {
      std::printf("%s[%.6f, %.3f, \"%s\", \"%s\"]", separator, seconds(request.due - started_),
                  seconds(request.took) * 1e3, request.outcome.c_str(), request.server.c_str());
      separator = ",\n";
    }
    std::printf("]}\n");
  }

 private:
  static double seconds(nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
  }

  void begin(Clock::time_point due) {
    const std::size_t index = requests_.size();
    requests_.push_back({.due = due, .took = {}, .outcome = {}, .server = {}, .received = {}});
    Request& request = requests_.back();
    const int type = (options_.udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
    request.socket = socket(options_.target.address.ss_family, type, 0);
    if (request.socket < 0) return finish(request, name_of(errno));
    if (connect(request.socket, reinterpret_cast<const sockaddr*>(&options_.target.address),
                options_.target.length) != 0 &&
        errno != EINPROGRESS) {
      return finish(request, name_of(errno));
    }
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u64 = index;
    if (epoll_ctl(poller_, EPOLL_CTL_ADD, request.socket, &event) != 0) {
      return finish(request, name_of(errno));
    }
    waiting_.push_back(index);
  }

  void finish(Request& request, std::string outcome, std::string server = {}) {
    if (request.socket >= 0) close(request.socket);
    request.socket = -1;
    request.is_over = true;
    request.took = Clock::now() - request.due;
    request.outcome = std::move(outcome);
    request.server = std::move(server);
    request.received = {};
  }

  /// All have the same time limit, so that the first that began is the first to expire.
  void expire(Clock::time_point now) {
    while (!waiting_.empty()) {
      Request& request = requests_[waiting_.front()];
      if (!request.is_over) {
        if (request.due + options_.timeout > now) return;
        finish(request, "timeout");
      }
      waiting_.pop_front();
    }
  }

  void wait(std::size_t total, std::chrono::duration<double> every) {
    Clock::time_point wake = Clock::time_point::max();
    if (requests_.size() < total) {
      wake = started_ +
             std::chrono::duration_cast<nanoseconds>(every * static_cast<double>(requests_.size()));
    }
    if (!waiting_.empty()) {
      wake = std::min(wake, requests_[waiting_.front()].due + options_.timeout);
    }
    if (wake == Clock::time_point::max()) return;
    const nanoseconds left = std::max(nanoseconds{0}, nanoseconds{wake - Clock::now()});
    const timespec limit{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    epoll_event events[256];
    const int count = epoll_pwait2(poller_, events, 256, &limit, nullptr);
    for (int i = 0; i < count; ++i) {
      Request& request = requests_[events[i].data.u64];
      if (!request.is_over) proceed(request, events[i].events);
    }
  }

  void proceed(Request& request, std::uint32_t events) {
    if (!request.is_sent && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(request.socket, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) return finish(request, name_of(error));
      if (send(request.socket, query_.data(), query_.size(), MSG_NOSIGNAL) < 0) {
        if (errno == EAGAIN) return;
        return finish(request, name_of(errno));
      }
      request.is_sent = true;
    }
    if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) == 0) return;
    char buffer[16 * 1024];
    for (;;) {
      const ssize_t got = recv(request.socket, buffer, sizeof buffer, 0);
      if (got < 0) {
        if (errno != EAGAIN) finish(request, name_of(errno));
        return;
      }
      const std::string_view bytes(buffer, static_cast<std::size_t>(got));
      if (options_.udp) return finish(request, "ok", first_line(bytes));
      if (got == 0) return finish(request, "eof");
      request.received += bytes;
      Answer answer;
      switch (read_answer(request.received, answer)) {
        case Progress::Incomplete:
          break;
        case Progress::Malformed:
          return finish(request, "malformed");
        case Progress::Complete: {
          std::string server = first_line(answer.body);
          if (answer.status == options_.status) return finish(request, "ok", std::move(server));
          return finish(request, "status " + std::to_string(answer.status), std::move(server));
        }
      }
    }
  }

  Options options_;
  int poller_;
  std::string query_;
  Clock::time_point started_;
  std::vector<Request> requests_;
  std::deque<std::size_t> waiting_;  ///< those begun, oldest first; some are over
};

Target parse_target(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error(text + ": not ADDRESS:PORT");
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), text.substr(colon + 1).c_str(), &hints, &found) != 0) {
    throw std::runtime_error(text + ": not ADDRESS:PORT");
  }
  Target target;
  std::memcpy(&target.address, found->ai_addr, found->ai_addrlen);
  target.length = found->ai_addrlen;
  target.authority = text;
  freeaddrinfo(found);
  return target;
}

std::optional<Options> parse_options(int argc, char** argv) {
  namespace po = boost::program_options;
  Options options;
  std::string to;
  double timeout = 0;
  po::options_description description("evenkeel-load");
  auto add = description.add_options();
  add("help", "show this");
  add("to", po::value(&to)->required(), "ADDRESS:PORT, an IPv6 address in brackets");
  add("udp", po::bool_switch(&options.udp), "datagrams instead of HTTP");
  add("rate", po::value(&options.rate)->default_value(300), "requests a second");
  add("seconds", po::value(&options.seconds)->default_value(1), "how long new ones are sent");
  add("timeout", po::value(&timeout)->default_value(1), "seconds from due to answered");
  add("path", po::value(&options.path)->default_value("/"), "what to ask for");
  add("status", po::value(&options.status)->default_value(200), "the right answer");
  po::variables_map values;
  po::store(po::parse_command_line(argc, argv, description), values);
  if (values.count("help") != 0) {
    std::cout << description;
    return std::nullopt;
  }
  po::notify(values);
  options.target = parse_target(to);
  if (options.rate <= 0 || options.seconds <= 0 || timeout <= 0) {
    throw std::runtime_error("--rate, --seconds and --timeout must be positive");
  }
  options.timeout = std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(timeout));
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::optional<Options> options = parse_options(argc, argv);
    if (!options) return 0;
    std::signal(SIGTERM, [](int) { is_told_to_end = 1; });
    LoadClient client(*options);
    client.run();
    client.print();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "evenkeel-load: " << error.what() << '\n';
    return 2;
  }
}
