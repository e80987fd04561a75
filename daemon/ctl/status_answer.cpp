#include "daemon/ctl/status_answer.h"

#include <chrono>
#include <string_view>

#include "daemon/ctl/answer_line.h"
#include "daemon/ctl/connection.h"

namespace evenkeel::ctl {

namespace {

using daemon::kServicesPrefix;
using daemon::kServicesSuffix;
using namespace std::chrono_literals;

constexpr std::chrono::seconds kPatience = 10s;
constexpr std::string_view kHeadPrefix = R"({"ok":true,)";
constexpr std::string_view kHeadSuffix = R"(,"more":true})";

bool strip(std::string_view& line, std::string_view prefix, std::string_view suffix) {
  if (line.size() < prefix.size() + suffix.size() || !line.starts_with(prefix) ||
      !line.ends_with(suffix)) {
    return false;
  }
  line.remove_prefix(prefix.size());
  line.remove_suffix(suffix.size());
  return true;
}

tl::expected<int, std::string> show_text(Connection& connection, Output& output) {
  for (;;) {
    const auto line = connection.read_line();
    if (!line) return tl::unexpected(line.error());
    const auto status = parse_status_line(*line);
    if (!status) return tl::unexpected(status.error().message);
    if (status->is_end) return status->exit_code;
    if (auto copied = connection.copy(status->bytes, output); !copied) {
      return tl::unexpected(copied.error());
    }
  }
}

/// {HEAD,"services":[SERVICES,SERVICES],"exit_code":N}: the lines, without what makes them lines.
tl::expected<int, std::string> show_status_json(Connection& connection, Output& output) {
  bool has_head = false;
  bool has_services = false;
  for (;;) {
    const auto line = connection.read_line();
    if (!line) return tl::unexpected(line.error());
    std::string_view text = *line;
    bool written = true;
    if (strip(text, kServicesPrefix, kServicesSuffix)) {
      written = output.write(has_services ? ",\n" : "\n") && output.write(text);
      has_services = true;
    } else if (!has_head && strip(text, kHeadPrefix, kHeadSuffix)) {
      written = output.write("{") && output.write(text) && output.write(",\"services\":[");
      has_head = true;
    } else {
      const auto end = parse_status_line(text);
      if (!end) return tl::unexpected(end.error().message);
      if (!has_head) return tl::unexpected(std::string("the answer has no head"));
      if (!output.write("],\"exit_code\":" + std::to_string(end->exit_code) + "}\n")) {
        return tl::unexpected(std::string("cannot write the answer"));
      }
      return end->exit_code;
    }
    if (!written) return tl::unexpected(std::string("cannot write the answer"));
  }
}

/// {HEAD,"exit_code":N}
tl::expected<int, std::string> show_vrrp_json(Connection& connection, Output& output) {
  const auto head = connection.read_line();
  if (!head) return tl::unexpected(head.error());
  std::string text(*head);
  std::string_view fields = text;
  if (!strip(fields, kHeadPrefix, kHeadSuffix)) {
    const auto refused = parse_status_line(text);
    return tl::unexpected(refused ? std::string("the answer has no head")
                                  : refused.error().message);
  }
  const auto line = connection.read_line();
  if (!line) return tl::unexpected(line.error());
  const auto end = parse_status_line(*line);
  if (!end) return tl::unexpected(end.error().message);
  if (!output.write("{") || !output.write(fields) ||
      !output.write(",\"exit_code\":" + std::to_string(end->exit_code) + "}\n")) {
    return tl::unexpected(std::string("cannot write the answer"));
  }
  return end->exit_code;
}

tl::expected<Connection, std::string> ask(const std::string& socket,
                                          const daemon::Request& request) {
  auto connection = Connection::open(socket, kPatience);
  if (!connection) return connection;
  if (auto sent = connection->send_line(daemon::encode(request)); !sent) {
    return tl::unexpected(sent.error());
  }
  return connection;
}

}  // namespace

tl::expected<int, std::string> show_status(const std::string& socket,
                                           const daemon::StatusRequest& request, Output& output) {
  auto connection = ask(socket, request);
  if (!connection) return tl::unexpected(connection.error());
  return request.format == daemon::StatusFormat::Json ? show_status_json(*connection, output)
                                                      : show_text(*connection, output);
}

tl::expected<int, std::string> show_vrrp(const std::string& socket,
                                         const daemon::VrrpRequest& request, Output& output) {
  auto connection = ask(socket, request);
  if (!connection) return tl::unexpected(connection.error());
  return request.format == daemon::StatusFormat::Json ? show_vrrp_json(*connection, output)
                                                      : show_text(*connection, output);
}

}  // namespace evenkeel::ctl
