// What a TCP check costs: 1,000 checks a second by the worker against a listener on the loopback,
// in CPU time of this process (getrusage), beside the least that a checker can do: socket, connect,
// epoll, SO_ERROR, close. Two floors: one closes in order, as keepalived does; one resets, as the
// worker does (connection.h says why). Each takes its turn several times; the medians are compared.
//
//   checks_tcp [--seconds N] [--rounds N] [--http]     default 5 seconds, 3 rounds of each
//
// --http: HTTP checks against a little server instead; the floors stay those of TCP.
// --worker: only the worker, for strace -c -f.
#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string_view>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "checks/worker.h"

namespace {

using namespace std::chrono_literals;
using namespace evenkeel::checks;

constexpr std::uint16_t kRate = 1000;  // checks a second

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

/// Accepts in a process of its own, so that its time is not counted with ours.
class Server {
 public:
  explicit Server(bool speaks_http) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0) die("bind");
    if (::listen(listener, 4096) != 0) die("listen");
    if (::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      die("getsockname");
    port_ = ntohs(address.sin_port);
    child_ = ::fork();
    if (child_ < 0) die("fork");
    if (child_ == 0) serve(listener, speaks_http);
    ::close(listener);
  }
  ~Server() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  [[noreturn]] static void serve(int listener, bool speaks_http) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    std::array<char, 4096> buffer{};
    for (;;) {
      const int peer = ::accept(listener, nullptr, nullptr);
      if (peer < 0) continue;
      if (!speaks_http || ::recv(peer, buffer.data(), buffer.size(), 0) > 0) {
        if (speaks_http) ::send(peer, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
        while (::recv(peer, buffer.data(), buffer.size(), 0) > 0) continue;
      }
      ::close(peer);
    }
  }

  std::uint16_t port_ = 0;
  pid_t child_ = 0;
};

double cpu_microseconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

struct Cost {
  std::uint64_t checks = 0, passed = 0;
  double microseconds = 0;
  [[nodiscard]] double each() const { return microseconds / static_cast<double>(checks); }
};

/// As the checks process runs it (io_context::run_for would cost a look at the clock per handler).
void run(boost::asio::io_context& context, std::chrono::seconds time) {
  boost::asio::steady_timer end(context, time);
  end.async_wait([&context](boost::system::error_code) { context.stop(); });
  context.restart();
  context.run();
}

Cost run_worker(std::uint16_t port, bool speaks_http, std::chrono::seconds time) {
  Cost cost;
  boost::asio::io_context context(1);
  Worker worker(context, [&cost](const Report& report) {
    cost.checks += report.outcomes.size();
    for (const CheckOutcome& outcome : report.outcomes) {
      cost.passed += outcome.reason == Reason::Passed ? 1U : 0U;
    }
    return true;
  });
  std::vector<ListedCheck> list(kRate);
  for (std::uint16_t i = 0; i < kRate; ++i) {
    list[i].id = i;
    Check& check = list[i].check;
    if (speaks_http) check.probe = HttpCheck{};
    check.address = boost::asio::ip::address_v4::loopback();
    check.port = port;
    check.interval = check.fast_interval = check.down_interval = 1s;
  }
  worker.configure(std::move(list));
  run(context, 1s);  // warms up
  cost = {};
  const double before = cpu_microseconds();
  run(context, time);
  cost.microseconds = cpu_microseconds() - before;
  return cost;
}

/// As many checks at a time as the worker begins in a turn of 10 ms, then a sleep: it wakes as
/// often.
Cost run_floor(std::uint16_t port, bool resets, std::chrono::seconds time) {
  constexpr int kTurns = 100;  // a second
  constexpr int kChecks = kRate / kTurns;
  Cost cost;
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  const sockaddr_in address = loopback(port);
  const auto begin = [&] {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) die("socket");
    if (resets) {
      const int off = 0;
      const linger none{1, 0};
      ::setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
      ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    }
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
        errno != EINPROGRESS) {
      die("connect");
    }
    epoll_event event{};
    event.events = EPOLLOUT;
    event.data.fd = socket;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
  };
  const auto end = [&](int socket) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
    ::close(socket);
    ++cost.checks;
    cost.passed += error == 0 ? 1U : 0U;
  };
  const double before = cpu_microseconds();
  const auto start = std::chrono::steady_clock::now();
  for (int turn = 0; turn < kTurns * time.count(); ++turn) {
    std::this_thread::sleep_until(start + turn * (1s / kTurns));
    for (int i = 0; i < kChecks; ++i) begin();
    for (int ended = 0; ended < kChecks;) {
      std::array<epoll_event, kChecks> events{};
      const int count = ::epoll_wait(epoll, events.data(), kChecks, 1000);
      for (int i = 0; i < count; ++i) end(events[static_cast<std::size_t>(i)].data.fd);
      ended += count;
    }
  }
  cost.microseconds = cpu_microseconds() - before;
  ::close(epoll);
  return cost;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  std::chrono::seconds time = 5s;
  int rounds = 3;
  bool speaks_http = false;
  bool only_worker = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--http") speaks_http = true;
    if (option == "--worker") only_worker = true;
    if (option == "--seconds" && i + 1 < argc) time = std::chrono::seconds(std::atoi(argv[++i]));
    if (option == "--rounds" && i + 1 < argc) rounds = std::atoi(argv[++i]);
  }
  const Server server(speaks_http);
  std::vector<double> worker;
  std::vector<double> in_order;
  std::vector<double> resetting;
  for (int round = 0; round < rounds; ++round) {
    const Cost cost = run_worker(server.port(), speaks_http, time);
    if (cost.checks == 0 || cost.passed != cost.checks) {
      std::fprintf(stderr, "%llu of %llu checks passed\n",
                   static_cast<unsigned long long>(cost.passed),
                   static_cast<unsigned long long>(cost.checks));
      return 1;
    }
    worker.push_back(cost.each());
    if (only_worker) continue;
    in_order.push_back(run_floor(server.port(), false, time).each());
    resetting.push_back(run_floor(server.port(), true, time).each());
  }
  std::printf("CPU of a check, median of %d: worker %.1f us", rounds, median(worker));
  if (!only_worker) {
    std::printf(", floor %.1f us (ratio %.2f), floor with reset %.1f us (ratio %.2f)",
                median(in_order), median(worker) / median(in_order), median(resetting),
                median(worker) / median(resetting));
  }
  std::printf("\n");
  return 0;
}
