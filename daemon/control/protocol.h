// The control protocol: what a client may ask on control.sock and status.sock, and what it is told.
//
// Pure. One JSON object a line in, one or more out. A request is at most kMaxRequest octets without
// its newline; its objects hold nothing deeper than an array of strings, so that nesting costs
// nothing. Unknown or repeated fields are errors. Answers come in the order of the requests. Every
// answer line has "ok" and "more"; the last line of an answer, an error included, says
// "more":false.
//
// A request: "command", the name of a row of command_rows.h, whose file (commands/) has its fields;
// and of every command
//    "format":"json",            json | text | document
//    "color":false               text: terminal colours
//    "narrow":false              text: for a terminal of less than 100 columns
// json is for programs that keep the connection: lines, as the command's file has them. text is for
// people, and document is one JSON document: both come as octets that the client only copies.
//
// Answers
//   an error      {"ok":false,"error":{"code":C,"message":M},"more":false}; C: see ErrorCode.
//   text, document
//                 any number of {"ok":true,"bytes":N,"more":true}, each followed by N octets as
//                 they are, for standard output; "error_bytes" in place of "bytes": for standard
//                 error; then the end.
//   the end of an answer of several lines: {"ok":true,"exit_code":0,"more":false}; what the exit
//                 code means is the command's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "daemon/fields/table.h"
#include "daemon/fields/words.h"

namespace evenkeel::daemon {

using fields::name;

constexpr std::size_t kMaxRequest = std::size_t{1024} * 1024;
/// Names in one "services" or "instances"; as many as there can be instances.
constexpr std::size_t kMaxSelectors = 1024;

/// Keys of the lines that octets follow: for standard output, for standard error.
constexpr std::string_view kBytes = "bytes";
constexpr std::string_view kErrorBytes = "error_bytes";

enum class ErrorCode : std::uint8_t {
  MalformedRequest,  ///< not one JSON object on a line, or nested deeper than a request is
  UnknownCommand,
  BadField,          ///< unknown, repeated, of the wrong type, or with a value that it cannot have
  RequestTooLarge,   ///< the connection is closed
  RequestTimeout,    ///< a request that was begun but not ended in time; the connection is closed
  TooManyClients,    ///< the connection is closed
  NotPermitted,      ///< the peer is neither root, nor our user, nor in a group that may; closed
  DescriptorPassed,  ///< the peer passed a descriptor: none is taken; the connection is closed
  ReadOnly,          ///< status.sock answers only what reads
  UnknownService,    ///< a selector that selects nothing
  UnknownInstance,   ///< no instance has this name
  BadConfiguration,  ///< reload: the old one stays in force; see "diagnostics"
  TooManyRemovals,   ///< reload: would take more away than max_removals; nothing changed
  Busy,              ///< reload: another one is under way
  Unavailable,       ///< failover, resume: nothing was tried; the message says why
};
constexpr auto words_of(ErrorCode) {
  using enum ErrorCode;
  return fields::words<ErrorCode>({{MalformedRequest, "malformed_request"},
                                   {UnknownCommand, "unknown_command"},
                                   {BadField, "bad_field"},
                                   {RequestTooLarge, "request_too_large"},
                                   {RequestTimeout, "request_timeout"},
                                   {TooManyClients, "too_many_clients"},
                                   {NotPermitted, "not_permitted"},
                                   {DescriptorPassed, "descriptor_passed"},
                                   {ReadOnly, "read_only"},
                                   {UnknownService, "unknown_service"},
                                   {UnknownInstance, "unknown_instance"},
                                   {BadConfiguration, "bad_configuration"},
                                   {TooManyRemovals, "too_many_removals"},
                                   {Busy, "busy"},
                                   {Unavailable, "unavailable"}});
}

struct ProtocolError {
  ErrorCode code = ErrorCode::MalformedRequest;
  std::string message;  ///< for people

  friend bool operator==(const ProtocolError&, const ProtocolError&) = default;
};
constexpr auto fields_of(fields::Of<ProtocolError>) {
  using fields::field;
  using T = ProtocolError;
  return fields::table(field<&T::code>("code"), field<&T::message>("message"));
}

enum class Format : std::uint8_t { Json, Text, Document };
constexpr auto words_of(Format) {
  using enum Format;
  return fields::words<Format>({{Json, "json"}, {Text, "text"}, {Document, "document"}});
}

constexpr unsigned kNarrowBelow = 100;  ///< columns of a terminal

/// How an answer is wanted: fields of every request.
struct Presentation {
  Format format = Format::Json;
  bool color = false;
  bool narrow = false;

  friend bool operator==(const Presentation&, const Presentation&) = default;
};
constexpr auto fields_of(fields::Of<Presentation>) {
  using fields::field;
  using T = Presentation;
  return fields::table(field<&T::format>("format"), field<&T::color>("color"),
                       field<&T::narrow>("narrow"));
}

struct RequestField {
  std::string key;
  std::variant<bool, std::string, std::vector<std::string>> value;

  friend bool operator==(const RequestField&, const RequestField&) = default;
};

/// As it came: request_fields.h judges the fields.
struct Request {
  std::string command;
  std::vector<RequestField> fields;  ///< without the command; no key stands twice

  friend bool operator==(const Request&, const Request&) = default;
};

/// One line without its newline. Memory stays in proportion to the line.
[[nodiscard]] tl::expected<Request, ProtocolError> parse_request(std::string_view line);
/// What parse_request takes, without a newline: the client's side. parse_request(encode(r)) == r.
[[nodiscard]] std::string encode(const Request& request);

/// An answer line with its newline.
[[nodiscard]] std::string error_line(const ProtocolError& error);
/// The end of an answer of several lines, with its newline.
[[nodiscard]] std::string end_line(int exit_code);
/// What says how many octets follow it, with its newline.
[[nodiscard]] std::string octets_line(std::string_view key, std::size_t count);
/// A whole answer in text: what is for standard error, then what is for standard output, the end.
[[nodiscard]] std::string text_lines(std::string_view errors, std::string_view output,
                                     int exit_code);
/// The end of a document whose last member is an array.
[[nodiscard]] std::string document_end(int exit_code);
/// A line of one of our answers, ended with "more":false, as a document: without what makes it a
/// line.
[[nodiscard]] std::string document_of(std::string_view line);

}  // namespace evenkeel::daemon
