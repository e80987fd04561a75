#include "daemon/control/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/control/command_rows.h"
#include "daemon/control/request_fields.h"
#include "daemon/control/status_request.h"

namespace evenkeel::daemon {
namespace {

using testing::HasSubstr;

/// As the server: the line, its command, its fields.
tl::expected<Work, ProtocolError> judge(std::string_view line) {
  const auto request = parse_request(line);
  if (!request) return tl::unexpected(request.error());
  const auto row = find_command(request->command);
  if (!row) return tl::unexpected(row.error());
  return (*row)->work_of(*request);
}

ErrorCode error_of(std::string_view line) {
  const auto work = judge(line);
  EXPECT_FALSE(work.has_value()) << line;
  return work ? ErrorCode::Busy : work.error().code;
}

std::string message_of(std::string_view line) {
  const auto work = judge(line);
  return work ? "" : work.error().message;
}

struct Asked {
  StatusRequest request;
  Presentation wants;
};

Asked status_of(std::string_view line) {
  auto request = parse_request(line);
  EXPECT_TRUE(request.has_value()) << request.error().message;
  Asked asked;
  if (!request) return asked;
  EXPECT_EQ(request->command, "status");
  EXPECT_TRUE(take_fields(request->fields, asked.request, asked.wants)) << line;
  return asked;
}

TEST(Protocol, StatusHasDefaults) {
  const Asked asked = status_of(R"({"command":"status"})");
  EXPECT_EQ(asked.request, StatusRequest{});
  EXPECT_EQ(asked.wants, Presentation{});
}

TEST(Protocol, EveryFieldOfStatusIsRead) {
  const Asked asked = status_of(
      R"( {"services":["web","tcp 192.0.2.10:80"], "view":"persistent_conn","exact":true,)"
      R"("format":"text","color":true,"command":"status"} )");
  EXPECT_EQ(asked.request,
            (StatusRequest{{"web", "tcp 192.0.2.10:80"}, StatusView::PersistentConn, true}));
  EXPECT_EQ(asked.wants, (Presentation{Format::Text, true}));
}

TEST(Protocol, WhatIsEncodedIsParsed) {
  for (const Request& request :
       {Request{"status", {}}, Request{"reload", {{"force", true}}},
        Request{"failover", {{"format", "text"}, {"color", false}}},
        Request{"status", {{"services", std::vector<std::string>{"we\"b\\\n", "\xc3\xa9"}}}},
        Request{"no \"command\"", {{"a \"key\"", std::vector<std::string>{}}}}}) {
    const auto parsed = parse_request(encode(request));
    ASSERT_TRUE(parsed.has_value()) << encode(request) << parsed.error().message;
    EXPECT_EQ(*parsed, request) << encode(request);
  }
}

TEST(Protocol, RequestsOfEveryCommandAreTaken) {
  for (
      const char* line :
      {R"({"command":"status","services":["web"],"view":"rate","exact":true})",
       R"({"command":"vrrp"})", R"({"command":"reload","force":true})",
       R"({"instances":["web"],"format":"text","color":true,"command":"vrrp"})",
       R"({"command":"failover"})", R"({"command":"failover","instances":["web","in"]})",
       R"({"command":"resume","instances":["web"],"format":"document"})",
       // As clients wrote them that named every field.
       R"({"command":"status","services":[],"view":"plain","format":"text","exact":false,"color":true})",
       R"({"command":"vrrp","instances":[],"format":"json","color":false})",
       R"({"command":"failover","instances":[]})"}) {
    EXPECT_TRUE(judge(line).has_value()) << message_of(line);
  }
  for (const CommandRow* row : command_rows()) {
    EXPECT_TRUE(judge(encode({std::string(row->words.name), {}})).has_value());
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
                                      R"({"command":"resume","view":"plain"})",
                                      R"({"command":"reload","format":"xml"})",
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
