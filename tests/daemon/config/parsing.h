// What the tests of the parser share: one line in, one configuration or its mistakes out.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "daemon/config/parse.h"

namespace evenkeel::daemon {

/// A service that is fine, on lines 1 to 9, without a real server; `more` is added to its keys.
inline std::string service(const std::string& more = "") {
  return "[[virtual_service]]\n"
         "name = \"web\"\n"
         "address = \"192.0.2.10\"\n"
         "port = 80\n"
         "protocol = \"tcp\"\n"
         "forwarding = \"masquerade\"\n" +
         more + "\n";
}

/// service() with one real server of weight 1 behind it.
inline std::string served(const std::string& more = "", const std::string& server_more = "") {
  return service(more) + "[[virtual_service.real_server]]\naddress = \"192.0.2.21\"\n" +
         server_more + "\n";
}

/// An instance that is fine, on lines 1 to 6; `more` is added to its keys, from line 6 on.
inline std::string instance(const std::string& more = "", const std::string& name = "web",
                            const std::string& id = "61",
                            const std::string& addresses = "[\"192.0.2.10\"]") {
  return "[[vrrp.instance]]\n"
         "name = \"" +
         name +
         "\"\n"
         "interface = \"eth0\"\n"
         "virtual_router_id = " +
         id +
         "\n"
         "virtual_addresses = " +
         addresses + "\n" + more + "\n";
}

/// For instance(): two nodes that know each other.
constexpr const char* kUnicast =
    "unicast = { lb1 = \"192.0.2.2\", lb2 = \"192.0.2.3\" }\n"
    "priority = { lb1 = 150, lb2 = 100 }";

inline std::vector<std::string> texts(const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> result;
  for (const Diagnostic& diagnostic : diagnostics) result.push_back(to_string(diagnostic));
  return result;
}

/// The configuration of node lb1, which must be free of errors.
inline ParsedConfig accepted(const std::string& text) {
  auto parsed = parse_config({{"f", text}}, "lb1");
  if (!parsed) {
    ADD_FAILURE() << "refused: " << ::testing::PrintToString(texts(parsed.error())) << "\n" << text;
    return {};
  }
  return std::move(*parsed);
}

/// "f:3:9: error: ..." for each mistake; none when there is none.
inline std::vector<std::string> mistakes(const std::string& text) {
  const auto parsed = parse_config({{"f", text}}, "lb1");
  return parsed ? std::vector<std::string>() : texts(parsed.error());
}

inline std::vector<std::string> warnings(const std::string& text) {
  return texts(accepted(text).warnings);
}

}  // namespace evenkeel::daemon
