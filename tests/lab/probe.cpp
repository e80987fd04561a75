// Makes checks as the checks process does, once or several times, and says what they came to: for
// the scenarios that need no daemon.
//
//   evenkeel-probe [--rounds N] [--stay MILLISECONDS] <checks >outcomes
//
// A check is a line of JSON: {"type": "http", "address": "127.0.0.1", "port": 80}; besides what its
// kind has in evenkeel.toml (send, expect, path, body, body_limit, header_limit, headers, method),
// "timeout" in milliseconds. An outcome is one, too: {"check": 0, "reason": "http_status",
// "detail": "503", "milliseconds": 1}. All checks begin within a second; the program stays for so
// long after the last outcome.
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "checks/worker.h"

namespace {

using namespace std::chrono_literals;
using namespace evenkeel::checks;
using Json = nlohmann::json;

HttpCheck http_of(const Json& line) {
  HttpCheck http;
  http.method = line.value("method", http.method);
  http.path = line.value("path", http.path);
  http.body = line.value("body", http.body);
  http.body_limit = line.value("body_limit", http.body_limit);
  http.header_limit = line.value("header_limit", http.header_limit);
  for (const auto& [name, value] : line.value("headers", Json::object()).items()) {
    http.headers.emplace_back(name, value.get<std::string>());
  }
  return http;
}

Check check_of(const Json& line) {
  Check check;
  if (line.at("type") == "http") {
    check.probe = http_of(line);
  } else {
    TcpCheck tcp;
    tcp.send = line.value("send", tcp.send);
    tcp.expect = line.value("expect", tcp.expect);
    check.probe = tcp;
  }
  check.address = boost::asio::ip::make_address(line.at("address").get<std::string>());
  check.port = line.at("port").get<std::uint16_t>();
  check.timeout = std::chrono::milliseconds(line.value("timeout", 1000));
  check.interval = check.fast_interval = check.down_interval = check.timeout;
  return check;
}

void print(const CheckOutcome& outcome) {
  const Json line = {
      {"check", outcome.id},
      {"reason", name(outcome.reason)},
      {"detail", outcome.detail},
      {"milliseconds",
       std::chrono::duration_cast<std::chrono::milliseconds>(outcome.latency).count()}};
  std::printf("%s\n", line.dump().c_str());
}

/// Takes the first `rounds` outcomes of each check.
void run(std::vector<Check> checks, std::size_t rounds, std::chrono::milliseconds stay) {
  boost::asio::io_context context(1);
  boost::asio::steady_timer end(context);
  std::vector<std::size_t> had(checks.size());
  std::size_t wanted = checks.size() * rounds;
  Worker worker(context, [&](const Report& report) {
    for (const CheckOutcome& outcome : report.outcomes) {
      if (++had[outcome.id] > rounds) continue;
      print(outcome);
      if (--wanted > 0) continue;
      end.expires_after(stay);
      end.async_wait([&context](boost::system::error_code) { context.stop(); });
    }
    return true;
  });
  std::vector<ListedCheck> list;
  for (Check& each : checks) list.push_back({list.size(), std::move(each), {}, {}});
  worker.configure(std::move(list));
  context.run();
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t rounds = 1;
  std::chrono::milliseconds stay = 0ms;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--rounds") rounds = std::strtoul(argv[i + 1], nullptr, 10);
    if (option == "--stay") stay = std::chrono::milliseconds(std::atoi(argv[i + 1]));
  }
  try {
    std::vector<Check> checks;
    for (std::string line; std::getline(std::cin, line);) {
      checks.push_back(check_of(Json::parse(line)));
    }
    if (checks.empty() || rounds == 0) return 0;
    run(std::move(checks), rounds, stay);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "evenkeel-probe: %s\n", error.what());
    return 1;
  }
  return 0;
}
