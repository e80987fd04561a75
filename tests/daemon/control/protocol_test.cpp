#include "daemon/control/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace evenkeel::daemon {
namespace {

using testing::HasSubstr;

ErrorCode error_of(std::string_view line) {
  const auto request = parse_request(line);
  EXPECT_FALSE(request.has_value()) << line;
  return request ? ErrorCode::Busy : request.error().code;
}

std::string message_of(std::string_view line) {
  const auto request = parse_request(line);
  return request ? "" : request.error().message;
}

TEST(Protocol, StatusHasDefaults) {
  const auto request = parse_request(R"({"command":"status"})");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(*request, Request(StatusRequest{}));
}

TEST(Protocol, EveryFieldOfStatusIsRead) {
  const auto request = parse_request(
      R"( {"services":["web","tcp 192.0.2.10:80"], "view":"persistent_conn","exact":true,)"
      R"("format":"text","color":true,"command":"status"} )");
  ASSERT_TRUE(request.has_value()) << request.error().message;
  StatusRequest wanted;
  wanted.services = {"web", "tcp 192.0.2.10:80"};
  wanted.view = StatusView::PersistentConn;
  wanted.format = StatusFormat::Text;
  wanted.exact = true;
  wanted.color = true;
  EXPECT_EQ(*request, Request(wanted));
}

TEST(Protocol, WhatIsEncodedIsParsed) {
  for (const auto view : {StatusView::Plain, StatusView::Stats, StatusView::Rate,
                          StatusView::Thresholds, StatusView::PersistentConn}) {
    for (const auto format : {StatusFormat::Json, StatusFormat::Text}) {
      StatusRequest request;
      request.services = {"we\"b\\\n", "\xc3\xa9"};
      request.view = view;
      request.format = format;
      request.exact = view == StatusView::Rate;
      request.color = format == StatusFormat::Text;
      const auto parsed = parse_request(encode(request));
      ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
      EXPECT_EQ(*parsed, Request(request));
    }
  }
  for (const bool force : {false, true}) {
    EXPECT_EQ(parse_request(encode(ReloadRequest{force})), Request(ReloadRequest{force}));
  }
}

TEST(Protocol, RequestsAboutInstances) {
  EXPECT_EQ(parse_request(R"({"command":"vrrp"})"), Request(VrrpRequest{}));
  EXPECT_EQ(parse_request(R"({"instances":["web"],"format":"text","color":true,"command":"vrrp"})"),
            Request(VrrpRequest{{"web"}, StatusFormat::Text, true}));
  EXPECT_EQ(parse_request(R"({"command":"failover"})"), Request(FailoverRequest{}));
  EXPECT_EQ(parse_request(R"({"command":"failover","instances":["web","in"]})"),
            Request(FailoverRequest{{"web", "in"}}));
  EXPECT_EQ(parse_request(R"({"command":"resume","instances":["web"]})"),
            Request(ResumeRequest{{"web"}}));
  for (const Request& request :
       {Request(VrrpRequest{{"a\"b"}, StatusFormat::Text, true}), Request(VrrpRequest{}),
        Request(FailoverRequest{{"a", "b"}}), Request(FailoverRequest{}),
        Request(ResumeRequest{{"a"}}), Request(ResumeRequest{})}) {
    EXPECT_EQ(parse_request(encode(request)), request) << encode(request);
  }
}

TEST(Protocol, WhatIsNoObjectIsMalformed) {
  for (const std::string_view line :
       {"", " ", "status", "[]", "[\"status\"]", "\"status\"", "1", "true", "null", "{",
        "{\"command\"", R"({"command":"status"} x)", R"({"command":"status"}{"command":"status"})",
        "{\"command\":\"\xff\"}", R"({'command':'status'})", R"({"command":"status",})"}) {
    EXPECT_EQ(error_of(line), ErrorCode::MalformedRequest) << line;
  }
}

TEST(Protocol, FieldsAreChecked) {
  for (const std::string_view line : {R"({})",
                                      R"({"command":1})",
                                      R"({"command":null})",
                                      R"({"command":{"a":1}})",
                                      R"({"command":"status","command":"reload"})",
                                      R"({"command":"status","wiew":"stats"})",
                                      R"({"command":"status","view":"status"})",
                                      R"({"command":"status","view":true})",
                                      R"({"command":"status","services":"web"})",
                                      R"({"command":"status","services":[1]})",
                                      R"({"command":"status","services":[["web"]]})",
                                      R"({"command":"status","exact":"yes"})",
                                      R"({"command":"status","force":true})",
                                      R"({"command":"reload","view":"plain"})",
                                      R"({"command":"vrrp","services":[]})",
                                      R"({"command":"vrrp","instances":"web"})",
                                      R"({"command":"vrrp","format":"xml"})",
                                      R"({"command":"failover","force":true})",
                                      R"({"command":"failover","instances":true})",
                                      R"({"command":"resume","format":"json"})",
                                      R"({"command":"reload","force":1e9})",
                                      R"({"command":"reload","force":"true"})"}) {
    EXPECT_EQ(error_of(line), ErrorCode::BadField) << line;
  }
  EXPECT_THAT(message_of(R"({"command":"status","wiew":"stats"})"), HasSubstr("\"wiew\""));
  EXPECT_THAT(message_of(R"({"command":"status","view":"x"})"), HasSubstr("plain, stats, rate"));
}

TEST(Protocol, AnUnknownCommandIsNamed) {
  EXPECT_EQ(error_of(R"({"command":"frobnicate"})"), ErrorCode::UnknownCommand);
  EXPECT_THAT(message_of(R"({"command":"frobnicate"})"), HasSubstr("\"frobnicate\""));
}

TEST(Protocol, DepthCostsNothing) {
  const std::string open(kMaxRequest - 32, '[');
  EXPECT_EQ(error_of(open), ErrorCode::MalformedRequest);
  EXPECT_EQ(error_of(R"({"services":)" + open), ErrorCode::BadField);
  std::string objects;
  while (objects.size() < kMaxRequest - 32) objects += R"({"a":)";
  EXPECT_EQ(error_of(objects), ErrorCode::BadField);
}

TEST(Protocol, SizesAreBounded) {
  EXPECT_EQ(error_of(std::string(kMaxRequest + 1, ' ')), ErrorCode::RequestTooLarge);

  std::string list;
  for (std::size_t i = 0; i <= kMaxSelectors; ++i) list += i == 0 ? "\"a\"" : ",\"a\"";
  EXPECT_EQ(error_of(R"({"command":"status","services":[)" + list + "]}"), ErrorCode::BadField);

  std::string fields = R"({"command":"status")";
  for (int i = 0; i < 100; ++i) fields += ",\"f" + std::to_string(i) + "\":true";
  EXPECT_EQ(error_of(fields + "}"), ErrorCode::BadField);

  const std::string huge(kMaxRequest / 2, 'x');
  EXPECT_LT(message_of("{\"" + huge + "\":true}").size(), 200U);
  EXPECT_LT(message_of(R"({"command":")" + huge + "\"}").size(), 200U);
}

TEST(Protocol, AnswersAreJson) {
  const std::string line = error_line({ErrorCode::UnknownService, "no \"web\"\n"});
  EXPECT_TRUE(line.ends_with("}\n"));
  const auto error = nlohmann::json::parse(line);
  EXPECT_EQ(error["ok"], false);
  EXPECT_EQ(error["more"], false);
  EXPECT_EQ(error["error"]["code"], "unknown_service");
  EXPECT_EQ(error["error"]["message"], "no \"web\"\n");
  EXPECT_EQ(end_line(2), "{\"ok\":true,\"exit_code\":2,\"more\":false}\n");
}

TEST(Protocol, EveryErrorHasAName) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::Unavailable); ++code) {
    EXPECT_NE(name(static_cast<ErrorCode>(code)), "?");
  }
}

}  // namespace
}  // namespace evenkeel::daemon
