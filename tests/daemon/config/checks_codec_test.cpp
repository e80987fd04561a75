#include "daemon/config/checks_codec.h"

#include <random>

#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

std::string service_on(int port, const std::string& servers) {
  const std::string number = std::to_string(port);
  return "[[virtual_service]]\nname = \"s" + number +
         "\"\naddress = \"192.0.2.10\"\nport = " + number +
         "\nprotocol = \"tcp\"\nforwarding = \"masquerade\"\ncheck = [\"a\", \"b\"]\n" +
         "real_server = [" + servers + "]\n";
}

std::vector<checks::ListedCheck> some_checks() {
  checks::Check tcp;
  tcp.address = boost::asio::ip::make_address("192.0.2.21");
  tcp.port = 80;
  tcp.probe = checks::TcpCheck{.send = std::string("a\0\r\n", 4), .expect = "b"};
  checks::Check http;
  http.address = boost::asio::ip::make_address("2001:db8::1");
  http.port = 65535;
  http.interval = 24h;
  http.timeout = 1ms;
  http.fast_interval = 10ms;
  http.down_interval = 1min;
  http.rise = 65535;
  http.fall = 1;
  http.probe = checks::HttpCheck{.method = "POST",
                                 .path = "/x?y",
                                 .host = "example.org",
                                 .headers = {{"A", "b c"}, {"D", ""}},
                                 .status = {{200, 299}, {503, 503}},
                                 .body = "ok",
                                 .body_limit = 2,
                                 .header_limit = 3};
  return {{0, tcp, {}, {}},
          {0x123456789, http, {checks::Health::Up, 2}, {checks::Health::Down, 1}}};
}

TEST(ChecksCodec, ReadsWhatItWrites) {
  for (const auto& list : {std::vector<checks::ListedCheck>(), some_checks()}) {
    const auto decoded = decode_checks(encode_checks(list));
    ASSERT_TRUE(decoded) << to_string(decoded.error());
    EXPECT_EQ(*decoded, list);
  }
}

TEST(ChecksCodec, TellsWhatIsAboveTheLimits) {
  const std::string servers = "{ address = \"192.0.2.21\" }, { address = \"192.0.2.22\" }";
  const Config config = accepted("[check.a]\ntype = \"tcp\"\n[check.b]\ntype = \"http\"\n" +
                                 service_on(80, servers) + service_on(81, servers) +
                                 "[[virtual_service]]\nname = \"again\"\naddress = \"192.0.2.11\"\n"
                                 "port = 81\nprotocol = \"tcp\"\nforwarding = \"masquerade\"\n"
                                 "check = [\"a\", \"b\"]\nreal_server = [" +
                                 servers + "]\n")
                            .config;
  std::vector<checks::ListedCheck> list;  // "again" has none of its own
  for (std::size_t i : {0U, 1U}) {
    for (const RealServerConfig& server : config.services[i].real_servers) {
      for (const ServerCheck& each : server.checks)
        list.push_back({list.size(), each.check, {}, {}});
    }
  }
  ASSERT_EQ(list.size(), 8U);
  const std::size_t octets = encode_checks(list).size();
  EXPECT_EQ(why_refused(config), std::nullopt);
  EXPECT_EQ(why_refused(config, {.checks = 8, .octets = octets}), std::nullopt);
  EXPECT_EQ(why_refused(config, {.checks = 7, .octets = octets}),
            "there are 8 different checks, and at most 7 are possible");
  EXPECT_EQ(why_refused(config, {.checks = 8, .octets = octets - 1}),
            "the checks take " + std::to_string(octets) + " octets, and at most " +
                std::to_string(octets - 1) + " are possible");
}

TEST(ChecksCodec, WhateverTheParserAcceptsPasses) {
  const Config config =
      accepted("[check.a]\ntype = \"tcp\"\nsend = \"" + std::string(4096, 'x') +
               "\"\n[check.b]\ntype = \"http\"\npath = \"/" + std::string(2047, 'p') +
               "\"\nbody_limit = 16777216\nheaders = { X = \"" + std::string(4096, 'h') +
               "\" }\ninterval = \"10ms\"\ntimeout = \"1ms\"\n" +
               service_on(80, "{ address = \"192.0.2.21\" }"))
          .config;
  std::vector<checks::ListedCheck> list;
  for (const ServerCheck& each : config.services[0].real_servers[0].checks) {
    list.push_back({list.size(), each.check, {}, {}});
  }
  ASSERT_EQ(list.size(), 2U);
  const auto decoded = decode_checks(encode_checks(list));
  ASSERT_TRUE(decoded) << to_string(decoded.error());
  EXPECT_EQ(*decoded, list);
}

TEST(ChecksCodec, EveryTruncationIsNamed) {
  const auto bytes = encode_checks(some_checks());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = decode_checks(std::span(bytes).first(size));
    ASSERT_FALSE(decoded) << size;
    EXPECT_EQ(decoded.error(), fields::BytesError::Truncated) << size;
  }
  auto longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_EQ(decode_checks(longer).error(), fields::BytesError::TrailingBytes);
}

TEST(ChecksCodec, WhatCannotHaveBeenWrittenIsRefused) {
  const auto bytes = encode_checks(some_checks());
  const auto with = [&](std::size_t at, unsigned value) {
    auto changed = bytes;
    changed.at(at) = static_cast<std::byte>(value);
    return decode_checks(changed);
  };
  EXPECT_EQ(with(0, 1).error(), fields::BytesError::TrailingBytes);
  EXPECT_EQ(with(0, 3).error(), fields::BytesError::Truncated);
  EXPECT_EQ(with(3, 0xff).error(), fields::BytesError::BadValue);  // more than there may be
  EXPECT_FALSE(with(12, 2));  // a kind of check that there is not
}

TEST(ChecksCodec, IdsAscend) {
  auto list = some_checks();
  list[0].id = list[1].id;
  EXPECT_EQ(decode_checks(encode_checks(list)).error(), fields::BytesError::BadValue) << "twice";
  ++list[0].id;
  EXPECT_EQ(decode_checks(encode_checks(list)).error(), fields::BytesError::BadValue);
  list[0].id -= 2;
  EXPECT_TRUE(decode_checks(encode_checks(list)));
}

TEST(ChecksCodec, AChangedByteIsAnErrorOrAnotherList) {
  const auto list = some_checks();
  const auto bytes = encode_checks(list);
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same cases in every run
  for (int i = 0; i < 20'000; ++i) {
    auto changed = bytes;
    const std::size_t at = random() % changed.size();
    changed[at] ^= static_cast<std::byte>(1 + random() % 255);
    const auto decoded = decode_checks(changed);
    if (decoded) {
      EXPECT_NE(*decoded, list) << at;
      EXPECT_EQ(encode_checks(*decoded), changed) << "one list has one encoding";
    }
  }
}

}  // namespace
}  // namespace evenkeel::daemon
