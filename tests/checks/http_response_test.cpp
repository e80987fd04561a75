#include "checks/http_response.h"

#include <gtest/gtest.h>

#include "printing.h"

namespace evenkeel::checks {
namespace {

/// What the answer comes to when it arrives in pieces of `size` octets and then ends.
ProbeResult judge(const HttpCheck& check, std::string_view answer, std::size_t size) {
  HttpResponse response(check);
  for (std::size_t at = 0; at < answer.size(); at += size) {
    if (auto result = response.add(answer.substr(at, size))) return *result;
  }
  return response.end();
}

/// The same, however it is cut.
ProbeResult judge(const HttpCheck& check, std::string_view answer) {
  ProbeResult whole = judge(check, answer, answer.size() + 1);
  for (const std::size_t size : {1U, 2U, 3U, 5U, 7U, 64U}) {
    EXPECT_EQ(judge(check, answer, size), whole) << answer << " in pieces of " << size;
  }
  return whole;
}

HttpCheck wants(std::string body, std::uint32_t limit = 65536) {
  HttpCheck check;
  check.body = std::move(body);
  check.body_limit = limit;
  return check;
}

TEST(HttpResponse, StatusAlone) {
  const HttpCheck check;
  EXPECT_EQ(judge(check, "HTTP/1.1 200 OK\r\n\r\n"), (ProbeResult{Reason::Passed, "200"}));
  EXPECT_EQ(judge(check, "HTTP/1.0 299 \r\nA: b\r\n\r\n"), (ProbeResult{Reason::Passed, "299"}));
  EXPECT_EQ(judge(check, "HTTP/1.1 300 Multiple Choices\r\n\r\n"),
            (ProbeResult{Reason::HttpStatus, "300"}));
  EXPECT_EQ(judge(check, "HTTP/1.1 503 x\r\nContent-Length: 5\r\n\r\nhello"),
            (ProbeResult{Reason::HttpStatus, "503"}));
}

TEST(HttpResponse, DecidesAsSoonAsItCan) {
  const HttpCheck status_only;
  HttpResponse first(status_only);
  EXPECT_FALSE(first.add("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r"));
  EXPECT_TRUE(first.add("\n"));

  const HttpCheck with_body = wants("ok");
  HttpResponse second(with_body);
  EXPECT_FALSE(second.add("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\no"));
  EXPECT_EQ(second.add("k"), (ProbeResult{Reason::Passed, "200"}));
}

TEST(HttpResponse, ABadStatusCountsBeforeTheBody) {
  EXPECT_EQ(judge(wants("ok"), "HTTP/1.1 500 x\r\nContent-Length: 2\r\n\r\nok"),
            (ProbeResult{Reason::HttpStatus, "500"}));
}

TEST(HttpResponse, BodiesHoweverTheyAreFramed) {
  for (const char* body : {"all well", "nothing!"}) {
    const Reason expected =
        std::string_view(body) == "all well" ? Reason::Passed : Reason::HttpBody;
    const HttpCheck check = wants("l we");
    const std::string head = "HTTP/1.1 200 OK\r\n";
    EXPECT_EQ(judge(check, head + "Content-Length: 8\r\n\r\n" + body).reason, expected);
    EXPECT_EQ(judge(check, head + "\r\n" + body).reason, expected);
    std::string chunked = head;
    chunked.append("Transfer-Encoding: chunked\r\n\r\n3\r\n").append(body, 3);
    chunked.append("\r\n5;a=b\r\n").append(body + 3).append("\r\n0\r\nTrailer: x\r\n\r\n");
    EXPECT_EQ(judge(check, chunked).reason, expected);
  }
  EXPECT_EQ(judge(wants("x"), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            (ProbeResult{Reason::HttpBody, "200, 0 octets searched"}));
  EXPECT_EQ(judge(wants("x"), "HTTP/1.1 204 No Content\r\n\r\n").reason, Reason::HttpBody);
}

TEST(HttpResponse, AnEmptyChunkedBodyInPieces) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(judge(wants("ok"), head + "0\r\n\r\n").reason, Reason::HttpBody);
  EXPECT_EQ(judge(wants("ok"), head + "0\r\nTrailer: ok\r\n\r\n").reason, Reason::HttpBody);
  EXPECT_EQ(judge(wants("ok"), head + "0\r\n").reason, Reason::Reset);
}

TEST(HttpResponse, AHeadAnswerHasNoBody) {
  HttpCheck check;
  check.method = "HEAD";
  EXPECT_EQ(judge(check, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").reason, Reason::Passed);
  check.body = "x";
  EXPECT_EQ(judge(check, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").reason, Reason::HttpBody);
}

TEST(HttpResponse, TheBodyLimit) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
  EXPECT_EQ(judge(wants("45", 6), head + "0123456789").reason, Reason::Passed);
  EXPECT_EQ(judge(wants("56", 6), head + "0123456789"),
            (ProbeResult{Reason::BodyTooLarge, "200, 6 octets searched"}));
  EXPECT_EQ(judge(wants("x", 10), head + "0123456789").reason, Reason::HttpBody);
  EXPECT_EQ(judge(wants("", 0), head + "0123456789").reason, Reason::Passed);
  EXPECT_EQ(judge(wants("x", 6),
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n0123456789")
                .reason,
            Reason::BodyTooLarge);
}

TEST(HttpResponse, InterimAnswersAreReadOver) {
  const HttpCheck check;
  EXPECT_EQ(judge(check,
                  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: "
                  "</a.css>\r\n\r\nHTTP/1.1 503 x\r\n\r\n"),
            (ProbeResult{Reason::HttpStatus, "503"}));
  EXPECT_EQ(judge(check, "HTTP/1.1 101 Switching Protocols\r\n\r\n"),
            (ProbeResult{Reason::HttpStatus, "101"}));
  EXPECT_EQ(judge(check, "HTTP/1.1 100 Continue\r\n\r\n").reason, Reason::Reset);
}

TEST(HttpResponse, WhatIsNotHttp) {
  const HttpCheck check;
  for (const std::string_view garbage :
       {"SSH-2.0-OpenSSH_9.2\r\n", "220 mail ESMTP\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    const ProbeResult result = judge(check, garbage);
    EXPECT_EQ(result.reason, Reason::HttpMalformed) << garbage;
    EXPECT_NE(result.detail, "");
  }
  EXPECT_EQ(judge(wants("x"), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").reason,
            Reason::HttpMalformed);
}

TEST(HttpResponse, TheHeaderLimit) {
  const HttpCheck check;
  const auto with_header = [](std::size_t octets) {  // in all, the empty line included
    const std::string begin = "HTTP/1.1 200 OK\r\nA: ";
    return begin + std::string(octets - begin.size() - 4, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(judge(check, with_header(HttpResponse::kHeaderLimit)).reason, Reason::Passed);
  EXPECT_EQ(judge(check, with_header(HttpResponse::kHeaderLimit + 1)).reason,
            Reason::HeaderTooLarge);

  // Each of these has no end, in its own way; none may be read beyond a small multiple of the
  // limit.
  for (const auto& [begin, again] : std::initializer_list<std::pair<std::string, std::string>>{
           {"HTTP/1.1 200 OK\r\n", "A: b\r\n"},
           {"HTTP/1.1 200 OK\r\nA: ", "x"},
           {"HTTP/1.1 200 ", "OK"},
           {"", "HTTP/1.1 100 Continue\r\n\r\n"},
           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "a"},
           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n"}}) {
    const HttpCheck search = wants("needle");
    HttpResponse response(search);
    std::optional<ProbeResult> result = response.add(begin);
    std::size_t octets = begin.size();
    while (!result && octets < 4 * HttpResponse::kHeaderLimit) {
      result = response.add(again);
      octets += again.size();
    }
    ASSERT_TRUE(result) << begin << again;
    EXPECT_EQ(result->reason, Reason::HeaderTooLarge) << begin << again;
  }
}

TEST(HttpResponse, EndsTooEarly) {
  EXPECT_EQ(judge({}, ""), (ProbeResult{Reason::Reset, "closed without an answer"}));
  EXPECT_EQ(judge({}, "HTTP/1.1 20"), (ProbeResult{Reason::Reset, "closed within the headers"}));
  EXPECT_EQ(judge(wants("x"), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
            (ProbeResult{Reason::Reset, "200, closed within the body"}));
  EXPECT_EQ(judge(wants("x"), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
                .reason,
            Reason::Reset);
}

}  // namespace
}  // namespace evenkeel::checks
