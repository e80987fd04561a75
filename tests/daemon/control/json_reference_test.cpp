// The list of evenkeel-json(5) against a document in which every member is there.
#include "daemon/control/json_reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "daemon/control/status_json.h"
#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;

InstanceSnapshot full_instance() {
  InstanceSnapshot instance = master_instance();
  const auto address = boost::asio::ip::make_address("192.0.2.3");
  instance.config.unicast = {address, {address}};
  instance.status.other_lists = {{address, true, 9, {address}}};
  instance.status.last_drop = {vrrp::DecodeError::HopLimit, address};
  instance.status.last_lower_priority = {address, 150, {}, {}};
  vrrp::Rival rival;
  rival.source = address;
  instance.status.rivals = {rival};
  instance.status.tracks = {{.kind = vrrp::TrackKind::Check, .name = "local_nginx"}};
  instance.hooks.resize(1);
  instance.units.resize(1);
  return instance;
}

Snapshot full_snapshot() {
  Snapshot snapshot = healthy_snapshot();
  snapshot.sysctls = {{"sloppy_tcp", "1"}};
  snapshot.processes = {{"checks", "running", 42, 1, {}}};
  snapshot.instances = {full_instance()};
  snapshot.failed_hooks.resize(1);
  ServiceSnapshot marked = snapshot.services[0];
  marked.service.key = {};
  marked.service.key.firewall_mark = 7;
  snapshot.services.push_back(marked);
  RealServerSnapshot& server = snapshot.services[0].real_servers[0];
  server.destination.forwarding = ipvs::ForwardingMethod::Tunnel;
  server.last = checks::CheckOutcome{0, checks::Reason::Passed, "200", {}};
  return snapshot;
}

/// The answer's lines as one document.
json document_of(const Snapshot& snapshot) {
  StatusRequest request;
  request.view = StatusView::Stats;
  const auto answer = status_json_answer(std::make_shared<const Snapshot>(snapshot), request, 0);
  std::string text;
  while (answer->append_next(text)) {
  }
  json document;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) document.update(json::parse(line));
  document.erase("ok");
  document.erase("more");
  return document;
}

using Types = std::map<std::pair<std::string, std::string>, std::string>;

bool is_of_type(const json& value, const std::string& type) {
  if (value.is_null()) return type.ends_with(" or null");
  if (type.starts_with('[')) return value.is_array();
  if (type.starts_with('{') || type.starts_with("object")) return value.is_object();
  if (type.starts_with("boolean")) return value.is_boolean();
  if (type.starts_with("number") || type.starts_with("time") || type.starts_with("microseconds")) {
    return value.is_number();
  }
  return value.is_string();
}

/// The members of an object and of those in it, "OBJECT KEY"; a member that the list shows by its
/// type alone has its keys there.
void collect(const json& object, const std::string& path, const Types& types,
             std::set<std::string>& found) {
  for (const auto& [key, value] : object.items()) {
    found.insert(path + " " + key);
    const auto type = types.find({path, key});
    if (type == types.end()) continue;
    EXPECT_TRUE(is_of_type(value, type->second)) << path << " " << key << ": " << value;
    EXPECT_EQ(key.ends_with("_us"), type->second.starts_with("microseconds")) << path << " " << key;
    const std::string below = (path.empty() ? "" : path + ".") + key;
    const bool is_list = value.is_array() && !value.empty() && value[0].is_object();
    for (const json& each : is_list ? value : json::array({value})) {
      if (!each.is_object()) continue;
      if (type->second.find('{') == std::string::npos) {
        collect(each, below + (is_list ? "[]" : ""), types, found);
      } else if (type->second.find("{NAME") == std::string::npos) {
        for (const auto& [inner, ignored] : each.items()) {
          EXPECT_THAT(type->second, ::testing::AnyOf(::testing::HasSubstr(inner + ": "),
                                                     ::testing::StartsWith("{ERROR")));
        }
      }
    }
  }
}

TEST(JsonReference, HasEveryFieldOfADocumentAndNoOther) {
  Types types;
  std::set<std::string> listed;
  for (const JsonField& field : json_fields()) {
    EXPECT_TRUE(types.try_emplace({field.object, field.key}, field.type).second) << field.key;
    listed.insert(field.object + " " + field.key);
  }
  std::set<std::string> found;
  collect(document_of(full_snapshot()), "", types, found);
  EXPECT_EQ(found, listed);
}

TEST(JsonReference, TypesAreThoseOfTheValues) {
  Types types;
  for (const JsonField& field : json_fields()) types[{field.object, field.key}] = field.type;
  const auto type = [&](const char* object, const char* key) { return types.at({object, key}); };
  EXPECT_EQ(type("", "generation"), "number");
  EXPECT_EQ(type("", "loaded"), "time");
  EXPECT_EQ(type("", "warnings"), "[string]");
  EXPECT_EQ(type("", "instances"), "[object]");
  EXPECT_EQ(type("", "processes"),
            "[{role: string, state: string, pid: number, restarts: number, since: time, "
            "problem: string}]");
  EXPECT_EQ(type("kernel", "sysctls"), "{NAME: string}");
  EXPECT_EQ(type("services[]", "address"), "address");
  EXPECT_EQ(type("services[].real_servers[]", "usage"), "used | quiesced | absent");
  EXPECT_EQ(type("services[].real_servers[]", "last"), "object or null");
  EXPECT_EQ(type("services[].real_servers[].last", "latency_us"), "microseconds");
  EXPECT_EQ(type("instances[]", "master"), "address or null");
  EXPECT_EQ(type("instances[]", "stale"), "boolean");
  EXPECT_EQ(type("instances[]", "dropped_from"), "{ERROR: address}");
  EXPECT_EQ(type("instances[].unicast", "peers"), "[address]");
  EXPECT_THAT(type("instances[].rivals[]", "differs"),
              ::testing::StartsWith("[virtual_router_id | version | "));
}

TEST(JsonReference, TheManualHasASectionForEachObject) {
  const std::string manual = json_manual();
  EXPECT_THAT(manual,
              ::testing::StartsWith(".Ss The document\n.Bl -tag -width Ds\n.It Ic version "));
  EXPECT_THAT(manual, ::testing::HasSubstr(".El\n.Ss services[].real_servers[]\n.Bl -tag"));
  EXPECT_THAT(manual, ::testing::EndsWith(".El\n"));
  std::set<std::string> sections;
  std::istringstream lines(manual);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(".Ss ")) continue;
    EXPECT_TRUE(sections.insert(line).second) << line << " stands twice";
  }
  std::set<std::string> expected;
  for (const JsonField& field : json_fields()) {
    expected.insert(".Ss " + (field.object.empty() ? "The document" : field.object));
  }
  EXPECT_EQ(sections, expected);
}

}  // namespace
}  // namespace evenkeel::daemon
