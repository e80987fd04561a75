#include "checks/http_response.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/optional/optional.hpp>

#include "checks/http_match.h"
#include "checks/stream_search.h"

namespace evenkeel::checks {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr std::size_t kLastChunk = sizeof("0\r\n\r\n") - 1;

bool is_interim(int status) {
  return status / 100 == 1 && status != 101;  // RFC 9110 section 15.2
}

/// As far as it has come. Beast would wait for the end of the headers before it refuses another
/// protocol's banner that arrives in pieces.
bool begins_with_version(std::string_view bytes) {
  constexpr std::string_view kVersion = "HTTP/1.";
  return bytes.substr(0, kVersion.size()) == kVersion.substr(0, bytes.size());
}

}  // namespace

/// Keeps no header and no body: only the status and what the search makes of the body.
class HttpResponse::Parser : public http::basic_parser<false> {
 public:
  explicit Parser(const HttpCheck& check) : search_(check.body, check.body_limit) {
    header_limit(kHeaderLimit);
    body_limit(boost::none);  // the search has its own
    skip(check.method == "HEAD");
  }

  [[nodiscard]] int status() const { return status_; }  // 0: the status line has not come
  [[nodiscard]] const StreamSearch& search() const { return search_; }

 private:
  void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int code, string_view, int, error_code&) override { status_ = code; }
  void on_field_impl(http::field, string_view, string_view, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override { return take(body); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
    return take(body);
  }
  void on_finish_impl(error_code&) override {}

  std::size_t take(string_view body) {
    search_.add({body.data(), body.size()});
    return body.size();
  }

  int status_ = 0;
  StreamSearch search_;
};

HttpResponse::HttpResponse(const HttpCheck& check)
    : check_(check), parser_(std::make_unique<Parser>(check)) {}

HttpResponse::~HttpResponse() = default;

std::optional<ProbeResult> HttpResponse::add(std::string_view bytes) {
  // Mostly everything that comes can be parsed where it lies; only part of a header is kept.
  std::string_view rest = bytes;
  const bool is_continued = !unparsed_.empty();
  if (is_continued) rest = unparsed_.append(bytes);
  std::optional<ProbeResult> result = consume(rest);
  if (result) return result;
  if (rest.size() > kHeaderLimit) return ProbeResult{Reason::HeaderTooLarge, ""};
  if (is_continued) {
    unparsed_.erase(0, unparsed_.size() - rest.size());
  } else {
    unparsed_ = rest;
  }
  return std::nullopt;
}

std::optional<ProbeResult> HttpResponse::consume(std::string_view& bytes) {
  while (!bytes.empty()) {
    if (parser_->status() == 0 && !begins_with_version(bytes)) {
      return ProbeResult{Reason::HttpMalformed, "no HTTP answer"};
    }
    const bool was_in_header = !parser_->is_header_done();
    // Beast asserts what no server need grant: that a last chunk which has begun comes in pieces of
    // at least its length. Nothing is lost by waiting, for every chunked body ends in so many
    // octets.
    if (!was_in_header && parser_->chunked() && bytes.front() == '0' && bytes.size() < kLastChunk) {
      return std::nullopt;
    }
    error_code error;
    const std::size_t used =
        parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    bytes.remove_prefix(used);
    const bool needs_more = error == http::error::need_more;
    const bool is_in_header = !parser_->is_header_done();
    if (was_in_header) {
      header_octets_ += used;
      const std::size_t pending = is_in_header ? bytes.size() : 0;
      if (header_octets_ + pending > kHeaderLimit || error == http::error::header_limit) {
        return ProbeResult{Reason::HeaderTooLarge, ""};
      }
    }
    if (error && !needs_more) return ProbeResult{Reason::HttpMalformed, error.message()};
    if (is_in_header) {
      if (needs_more) return std::nullopt;
      continue;
    }
    if (was_in_header && is_interim(parser_->status())) {
      parser_ = std::make_unique<Parser>(check_);
      continue;
    }
    if (std::optional<ProbeResult> result = judge()) return result;
    if (needs_more) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<ProbeResult> HttpResponse::judge() const {
  const std::string status = std::to_string(parser_->status());
  if (!is_accepted(static_cast<std::uint16_t>(parser_->status()), check_.status)) {
    return ProbeResult{Reason::HttpStatus, status};
  }
  switch (parser_->search().state()) {
    case StreamSearch::State::Found:
      return ProbeResult{Reason::Passed, status};
    case StreamSearch::State::LimitReached:
      return ProbeResult{Reason::BodyTooLarge, status + ", " + searched()};
    case StreamSearch::State::Searching:
      break;
  }
  if (parser_->is_done()) return ProbeResult{Reason::HttpBody, status + ", " + searched()};
  return std::nullopt;
}

ProbeResult HttpResponse::end() {
  if (!parser_->got_some() && header_octets_ == 0) {
    return {Reason::Reset, "closed without an answer"};
  }
  if (!parser_->is_header_done()) return {Reason::Reset, "closed within the headers"};
  const std::string status = std::to_string(parser_->status());
  if (parser_->need_eof()) return {Reason::HttpBody, status + ", " + searched()};
  return {Reason::Reset, status + ", closed within the body"};
}

std::string HttpResponse::searched() const {
  return std::to_string(parser_->search().searched()) + " octets searched";
}

}  // namespace evenkeel::checks
