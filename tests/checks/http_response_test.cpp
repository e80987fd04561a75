#include "checks/http_response.h"

#include <gtest/gtest.h>

#include "printing.h"

namespace evenkeel::checks {
namespace {

std::optional<ProbeResult> add(HttpResponse& response, std::string_view bytes) {
  return response.add(bytes);
}

/// What the answer comes to when it arrives in pieces of `size` octets and then ends.
ProbeResult judge(const HttpCheck& check, std::string_view answer, std::size_t size) {
  HttpResponse response(check);
  for (std::size_t at = 0; at < answer.size(); at += size) {
    std::string_view piece = answer.substr(at, size);
    if (auto result = response.add(piece)) return *result;
    EXPECT_TRUE(piece.empty());
  }
  return response.end();
}

/// The same, however it is cut; but what is wrong with a malformed answer may be seen early.
ProbeResult judge(const HttpCheck& check, std::string_view answer) {
  ProbeResult whole = judge(check, answer, answer.size() + 1);
  EXPECT_LE(whole.detail.size(), 120U);
  for (const std::size_t size : {1U, 2U, 3U, 5U, 7U, 64U}) {
    ProbeResult pieces = judge(check, answer, size);
    if (whole.reason == Reason::HttpMalformed) pieces.detail = whole.detail;
    EXPECT_EQ(pieces, whole) << answer << " in pieces of " << size;
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
  EXPECT_FALSE(add(first, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r"));
  EXPECT_TRUE(add(first, "\n"));

  const HttpCheck with_body = wants("ok");
  HttpResponse second(with_body);
  EXPECT_FALSE(add(second, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\no"));
  EXPECT_EQ(add(second, "k"), (ProbeResult{Reason::Passed, "200"}));
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
  EXPECT_EQ(judge(wants("ok"), head + "0\r\n").reason, Reason::HttpIncomplete);
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
  EXPECT_EQ(judge(check, "HTTP/1.1 100 Continue\r\n\r\n").reason, Reason::HttpIncomplete);
}

TEST(HttpResponse, WhatIsNotHttp) {
  const HttpCheck check;
  for (const std::string_view garbage :
       {"SSH-2.0-OpenSSH_9.2\r\n", "220 mail ESMTP\r\n\r\n", "HTTP/3.0 200 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"}) {
    const ProbeResult result = judge(check, garbage);
    EXPECT_EQ(result.reason, Reason::HttpMalformed) << garbage;
    EXPECT_NE(result.detail, "");
  }
  EXPECT_EQ(judge(wants("x"), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").reason,
            Reason::HttpMalformed);
}

TEST(HttpResponse, WhatIsNotHttpIsShown) {
  EXPECT_EQ(judge({}, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n").detail,
            "no HTTP answer: \"SSH-2.0-OpenSSH_9.2p1 De...\"");
  EXPECT_EQ(judge({}, "HTTP/2 200\r\n\r\n").detail, "another version: \"HTTP/2 200\"");
  EXPECT_EQ(judge({}, "\x15\x03\x01\x02\x02\n").detail, "TLS, not HTTP");
  EXPECT_EQ(judge({}, "HTTP/1.1 OK\n\n").detail, "the status line is \"HTTP/1.1 OK\"");
  EXPECT_EQ(judge({}, "HTTP/1.1 200 OK\n\x01 x\n\n").detail, "a header without a colon: \"? x\"");
  EXPECT_EQ(judge({}, "HTTP/1.1 200 OK\nContent-Length: 1\nContent-Length: 2\n\n").detail,
            "Content-Length is 1 and 2");
}

TEST(HttpResponse, LinesAndStatusLinesAsServersWriteThem) {
  for (const std::string_view answer :
       {"HTTP/1.1 200 OK\nA: b\n\n", "HTTP/1.1 200\r\n\r\n", "HTTP/1.1 200\n\n",
        "HTTP/1.1 200 \r\n\r\n", "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "\nHTTP/1.1 200 OK\n\n",
        "HTTP/1.1  200  OK\r\n\r\n", "HTTP/1.9 200 OK\r\n\r\n", "HTTP/1.1 200 \xc3\xa4\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\n c\r\n\td\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA B(c): d\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: \x01\x80\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n"}) {
    EXPECT_EQ(judge({}, answer), (ProbeResult{Reason::Passed, "200"}));
  }
  EXPECT_EQ(judge({}, std::string_view("HTTP/1.1 200 OK\r\nA: \0\r\n\r\n", 25)),
            (ProbeResult{Reason::HttpMalformed, "a NUL in the headers"}));
}

TEST(HttpResponse, FramingAsServersWriteIt) {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const HttpCheck check = wants("needle");
  for (const std::string_view rest : {
           "Content-Length: 6\r\nContent-Length: 6\r\n\r\nneedle",
           "Content-Length: 6, 6\r\n\r\nneedle",
           "CONTENT-LENGTH:6\n\nneedle",
           "Content-Length : 6\r\n\r\nneedle",
           "Content-Length:\r\n 6\r\n\r\nneedle",
           "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nneedle\r\n0\r\n\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n6\r\nneedle\r\n0\r\n\r\n",
           "Transfer-Encoding: Chunked\n\n3\nnee\n3\ndle\n0\n\n",
           "Transfer-Encoding: identity, chunked\r\n\r\n06 ;a=b\r\nneedle\r\n0\r\n\r\n",
           "Transfer-Encoding: chunked\r\n\r\n0000000000000000000006  \r\nneedle\r\n",
           "Transfer-Encoding: identity\r\n\r\nneedle",
           "Content-Length: 6\r\n\r\nneedle, and something else",
       }) {
    EXPECT_EQ(judge(check, head + std::string(rest)), (ProbeResult{Reason::Passed, "200"}));
  }
  for (const std::string_view rest : {
           "Content-Length: 6, 7\r\n\r\nneedle",
           "Content-Length:\r\n\r\nneedle",
           "Content-Length: 0x6\r\n\r\nneedle",
           "Content-Length: 99999999999999999999\r\n\r\nneedle",
           "Transfer-Encoding: chunked, chunked\r\n\r\n6\r\nneedle\r\n0\r\n\r\n",
           "Transfer-Encoding: chunked\r\n\r\n\r\nneedle\r\n0\r\n\r\n",
           "Transfer-Encoding: chunked\r\n\r\n2\r\nneedle\r\n0\r\n\r\n",
           "Transfer-Encoding: chunked\r\n\r\n10000000000000006\r\nneedle\r\n0\r\n\r\n",
       }) {
    EXPECT_EQ(judge(check, head + std::string(rest)).reason, Reason::HttpMalformed) << rest;
  }
}

TEST(HttpResponse, ACompressedBodyIsNamed) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n";
  EXPECT_EQ(judge(wants("ok"), head + "Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08_").detail,
            "200, 4 octets searched: compressed body (gzip), not asked for");
  EXPECT_EQ(judge(wants("ok"), head + "Content-Encoding: identity\r\n\r\nnone").detail,
            "200, 4 octets searched");
  EXPECT_EQ(judge(wants("ok"), head + "Content-Encoding: gzip\r\n\r\nokok").reason, Reason::Passed);
  HttpCheck asks = wants("ok");
  asks.headers = {{"accept-encoding", "gzip"}};
  EXPECT_EQ(judge(asks, head + "Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08_").detail,
            "200, 4 octets searched: compressed body (gzip)");
}

TEST(HttpResponse, TheHeaderLimit) {
  constexpr std::uint32_t kLimit = 8192;
  HttpCheck check;
  check.header_limit = kLimit;
  const auto with_header = [](std::size_t octets) {  // in all, the empty line included
    const std::string begin = "HTTP/1.1 200 OK\r\nA: ";
    return begin + std::string(octets - begin.size() - 4, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(judge(check, with_header(kLimit)).reason, Reason::Passed);
  EXPECT_EQ(judge(check, with_header(kLimit + 1)),
            (ProbeResult{Reason::HeaderTooLarge, "over 8192 octets"}));
  EXPECT_EQ(judge({}, with_header(65536)).reason, Reason::Passed);
  EXPECT_EQ(judge({}, with_header(65537)).reason, Reason::HeaderTooLarge);

  // Each of these has no end, in its own way; none may be read beyond a small multiple of the
  // limit.
  for (const auto& [begin, again] : std::initializer_list<std::pair<std::string, std::string>>{
           {"HTTP/1.1 200 OK\r\n", "A: b\r\n"},
           {"HTTP/1.1 200 OK\r\nA: ", "x"},
           {"HTTP/1.1 200 ", "OK"},
           {"", "HTTP/1.1 100 Continue\r\n\r\n"},
           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "a"},
           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n"}}) {
    HttpCheck search = wants("needle");
    search.header_limit = kLimit;
    HttpResponse response(search);
    std::optional<ProbeResult> result = add(response, begin);
    std::size_t octets = begin.size();
    while (!result && octets < 2 * kLimit) {
      result = add(response, again);
      octets += again.size();
    }
    ASSERT_TRUE(result) << begin << again;
    EXPECT_EQ(result->reason, Reason::HeaderTooLarge) << begin << again;
  }
}

TEST(HttpResponse, EndsTooEarly) {
  EXPECT_EQ(judge({}, ""), (ProbeResult{Reason::Reset, "closed without an answer"}));
  EXPECT_EQ(judge({}, "HTTP/1.1 20"),
            (ProbeResult{Reason::HttpIncomplete, "closed within the headers"}));
  EXPECT_EQ(judge(wants("x"), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
            (ProbeResult{Reason::HttpIncomplete, "200, closed within the body"}));
  EXPECT_EQ(judge(wants("x"), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
                .reason,
            Reason::HttpIncomplete);
}

}  // namespace
}  // namespace evenkeel::checks
