#include "checks/http_match.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "checks/http_text.h"

namespace evenkeel::checks {
namespace {

bool has_header(const HttpCheck& check, std::string_view name) {
  return std::any_of(check.headers.begin(), check.headers.end(), [name](const auto& header) {
    return equals_ignoring_case(header.first, name);
  });
}

void add_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

std::string default_host(const Address& address, std::uint16_t port) {
  std::string host;
  if (address.is_v6()) {
    auto plain = address.to_v6();
    plain.scope_id(0);  // means something on this host only (RFC 6874)
    host = "[" + plain.to_string() + "]";
  } else {
    host = address.to_string();
  }
  if (port != 80) host += ":" + std::to_string(port);
  return host;
}

}  // namespace

bool is_accepted(std::uint16_t status, const std::vector<StatusRange>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [status](const StatusRange& range) {
    return range.first <= status && status <= range.last;
  });
}

std::string render_request(const HttpCheck& check, const Address& address, std::uint16_t port) {
  std::string out;
  out.reserve(256);
  out.append(check.method).append(" ").append(check.path).append(" HTTP/1.1\r\n");
  if (!has_header(check, "Host")) {
    add_header(out, "Host", check.host.empty() ? default_host(address, port) : check.host);
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kDefaults = {
      {{"User-Agent", "evenkeel"}, {"Accept", "*/*"}, {"Connection", "close"}}};
  for (const auto& [name, value] : kDefaults) {
    if (!has_header(check, name)) add_header(out, name, value);
  }
  const bool sends_content =
      check.method == "POST" || check.method == "PUT" || check.method == "PATCH";
  if (sends_content && !has_header(check, "Content-Length")) add_header(out, "Content-Length", "0");
  for (const auto& [name, value] : check.headers) add_header(out, name, value);
  out += "\r\n";
  return out;
}

}  // namespace evenkeel::checks
