#include "checks/http_match.h"

#include <gtest/gtest.h>

namespace evenkeel::checks {
namespace {

using boost::asio::ip::make_address;

TEST(HttpMatch, StatusRangesAreInclusive) {
  const std::vector<StatusRange> ranges = {{200, 299}, {304, 304}, {401, 403}};
  for (const int good : {200, 250, 299, 304, 401, 402, 403}) {
    EXPECT_TRUE(is_accepted(static_cast<std::uint16_t>(good), ranges)) << good;
  }
  for (const int bad : {0, 100, 199, 300, 303, 305, 400, 404, 503, 999}) {
    EXPECT_FALSE(is_accepted(static_cast<std::uint16_t>(bad), ranges)) << bad;
  }
  EXPECT_FALSE(is_accepted(200, {}));
}

TEST(HttpMatch, TheRequestAsItIsSent) {
  HttpCheck check;
  check.path = "/health?full=1";
  check.headers = {{"X-Probe", "yes"}, {"X-Probe", "twice"}};
  EXPECT_EQ(render_request(check, make_address("192.0.2.21"), 8080),
            "GET /health?full=1 HTTP/1.1\r\n"
            "Host: 192.0.2.21:8080\r\n"
            "User-Agent: evenkeel\r\n"
            "Accept: */*\r\n"
            "Connection: close\r\n"
            "X-Probe: yes\r\n"
            "X-Probe: twice\r\n"
            "\r\n");
}

TEST(HttpMatch, HostIsTheTargetUnlessGiven) {
  const auto host = [](const HttpCheck& check, const char* address, std::uint16_t port) {
    const std::string request = render_request(check, make_address(address), port);
    const std::size_t begin = request.find("Host: ") + 6;
    return request.substr(begin, request.find("\r\n", begin) - begin);
  };
  HttpCheck check;
  EXPECT_EQ(host(check, "192.0.2.21", 80), "192.0.2.21");
  EXPECT_EQ(host(check, "192.0.2.21", 443), "192.0.2.21:443");
  EXPECT_EQ(host(check, "2001:db8::1", 80), "[2001:db8::1]");
  EXPECT_EQ(host(check, "fe80::1%1", 8080), "[fe80::1]:8080");
  check.host = "www.example.org";
  EXPECT_EQ(host(check, "192.0.2.21", 8080), "www.example.org");
}

TEST(HttpMatch, OwnHeadersReplaceOurs) {
  HttpCheck check;
  check.headers = {{"user-agent", "other"}, {"HOST", "a"}, {"connection", "keep-alive"}};
  EXPECT_EQ(render_request(check, make_address("192.0.2.21"), 80),
            "GET / HTTP/1.1\r\nAccept: */*\r\n"
            "user-agent: other\r\nHOST: a\r\nconnection: keep-alive\r\n\r\n");
}

TEST(HttpMatch, AMethodThatSendsContentSaysHowMuch) {
  HttpCheck check;
  check.method = "POST";
  EXPECT_NE(render_request(check, make_address("192.0.2.21"), 80).find("Content-Length: 0\r\n"),
            std::string::npos);
}

}  // namespace
}  // namespace evenkeel::checks
