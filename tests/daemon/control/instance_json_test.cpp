#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/balancer/instance_snapshot.h"
#include "daemon/fields/json_out.h"
#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

json json_of(const InstanceSnapshot& instance) {
  std::string out;
  fields::append_json(out, instance);
  return json::parse(out, nullptr, false);
}

constexpr const char* kEveryField = R"({"name":"web","sync_group":"both","state":"master",
    "reason":"master_down_timer_expired","explanation":"master down timer expired","since":1698963200,
    "stale":false,"leaving":false,"claimed":false,"foreign_address":false,"refused_address":false,"polling":false,"ready":true,"held":true,"priority":150,
    "tracks":[{"kind":"check","name":"local_nginx","of_group":true,"state":"fails","effect":"weight",
      "weight":-30,"applied":-30,"since":1699999988,"reason":"connect refused"}],
    "priority_by_members":-5,"cut_off":false,"master":null,
    "interface_name":"eth0","interface":"eth0","unicast_interface":"","virtual_router_id":61,"family":"ipv4","version":3,"configured_priority":150,
    "advertisement_interval_us":1000000,"preempt":true,"preempt_delay_us":5000000,"preempt_margin":20,"checksum":"auto",
    "virtual_addresses":["192.0.2.10/24"],"extra_addresses":["2001:db8::10/128"],"unicast":null,
    "master_down_interval_us":3414062,"worst_lateness_us":1300,
    "peers":[{"address":"192.0.2.3","priority":100,"interval_us":1000000,"heard":1699999820}],
    "other_lists":[{"source":"192.0.2.66","ignored":true,"count":9,"addresses":["200.200.200.200"]}],
    "last_drop":{"error":"hop_limit","source":"192.0.2.77"},
    "rivals":[],
    "dropped_from":{"hop_limit":"192.0.2.77","checksum":"192.0.2.78"},
    "last_lesser":{"address":"192.0.2.3","priority":150},"hooks":[],"units":[],
    "counters":{"became_master":2,"left_master":1,"advertisements_sent":3,"advertisements_received":4,
      "priority_zero_sent":5,"priority_zero_received":6,"priority_zero_ignored":7,"lesser_answered":8,
      "addresses_put_back":9,"late":10,"intervals_clamped":11,"announcements_sent":12,"sends_refused":13,
      "others_heard":21,"others_missed":22,
      "dropped":{"length":1,"hop_limit":2,"source":3,"own_source":4,"delivery":5,"version":6,"type":7,
        "virtual_router_id":8,"checksum":9,"multicast_checksum":10,"authentication_type":11,
        "authentication":12,"address_count":13,"interval":14,"interval_mismatch":15,"address_list":16}}})";

TEST(InstanceJson, EveryFieldIsThere) {
  InstanceSnapshot instance = master_instance();
  instance.sync_group = "both";
  instance.status.is_held = true;
  instance.config.preempt_delay = 5s;
  instance.config.preempt_margin = 20;
  instance.status.tracks = {{.kind = vrrp::TrackKind::Check,
                             .name = "local_nginx",
                             .is_of_group = true,
                             .state = vrrp::TrackState::Fails,
                             .effect = vrrp::TrackEffect::Weight,
                             .weight = -30,
                             .applied = -30,
                             .reason = "connect refused"}};
  instance.tracks_since = {healthy_snapshot().now - 12s};
  instance.status.by_members = -5;
  instance.config.extra_addresses = {{boost::asio::ip::make_address("2001:db8::10"), 128}};
  instance.status.last_drop = {vrrp::DecodeError::HopLimit,
                               boost::asio::ip::make_address("192.0.2.77")};
  instance.status.other_lists = {{boost::asio::ip::make_address("192.0.2.66"),
                                  true,
                                  9,
                                  {boost::asio::ip::make_address("200.200.200.200")}}};
  const auto from = [&](vrrp::DecodeError error, const char* source) {
    instance.status.dropped_from[static_cast<std::size_t>(error)] =
        boost::asio::ip::make_address(source);
  };
  from(vrrp::DecodeError::HopLimit, "192.0.2.77");
  from(vrrp::DecodeError::Checksum, "192.0.2.78");
  instance.status.last_lower_priority = {boost::asio::ip::make_address("192.0.2.3"), 150, {}, {}};
  instance.status.counters = {.became_master = 2,
                              .left_master = 1,
                              .advertisements_sent = 3,
                              .advertisements_received = 4,
                              .priority_zero_sent = 5,
                              .priority_zero_received = 6,
                              .priority_zero_ignored = 7,
                              .lower_priority_answered = 8,
                              .addresses_put_back = 9,
                              .late = 10,
                              .intervals_clamped = 11,
                              .announcements_sent = 12,
                              .sends_refused = 13,
                              .others_heard = 21,
                              .others_missed = 22,
                              .dropped = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
  EXPECT_EQ(json_of(instance), json::parse(kEveryField));
}

TEST(InstanceJson, WhoElseHasTheAddresses) {
  InstanceSnapshot instance = master_instance();
  vrrp::Rival rival;
  rival.mac = {2, 0, 0x5E, 0x10, 0, 1};
  rival.source = boost::asio::ip::make_address("192.0.2.6");
  rival.is_owner = true;
  rival.address = boost::asio::ip::make_address("192.0.2.10");
  rival.differences.add(vrrp::Difference::VirtualRouterId);
  rival.virtual_router_id = 62;
  rival.priority = 90;
  rival.destination = boost::asio::ip::make_address("224.0.0.18");
  rival.interval = std::chrono::seconds(1);
  vrrp::Rival announcer;
  announcer.is_owner = announcer.is_announcing = true;
  announcer.address = rival.address;
  vrrp::Rival crowd;
  crowd.is_owner = crowd.is_crowd = true;
  crowd.address = rival.address;
  instance.status.rivals = {rival, announcer, crowd};
  const json shown = json_of(instance);
  EXPECT_EQ(shown["claimed"], true);
  EXPECT_EQ(shown["rivals"], json::parse(R"([
    {"mac":"02:00:5e:10:00:01","source":"192.0.2.6","node":"","owner":true,"announcing":false,
     "crowd":false,"address":"192.0.2.10",
     "explanation":"advertises 192.0.2.10 too: virtual router ID 62, ours is 61",
     "virtual_router_id":62,"version":3,"priority":90,"interval_us":1000000,"destination":"224.0.0.18",
     "authenticated":false,"differs":["virtual_router_id"]},
    {"mac":"00:00:00:00:00:00","source":null,"node":"","owner":true,"announcing":true,
     "crowd":false,"address":"192.0.2.10",
     "explanation":"announces 192.0.2.10 or answers for it, and no advertisement of it is heard"},
    {"mac":"","source":null,"node":"","owner":true,"announcing":false,
     "crowd":true,"address":"192.0.2.10",
     "explanation":"announce 192.0.2.10, answer for it or advertise it"}
  ])"));
}

TEST(InstanceJson, ABackupInVersionTwoByUnicast) {
  InstanceSnapshot instance = backup_instance();
  instance.is_stale = true;
  instance.config.version = vrrp::Version::V2;
  instance.config.password = "secret";
  instance.config.unicast = {boost::asio::ip::make_address("192.0.2.3"),
                             {boost::asio::ip::make_address("192.0.2.2")}};
  const json shown = json_of(instance);
  EXPECT_EQ(shown["state"], "backup");
  EXPECT_EQ(shown["stale"], true);
  EXPECT_EQ(shown["master"], "192.0.2.2");
  EXPECT_EQ(shown["version"], 2);
  EXPECT_EQ(shown["unicast"], json::parse(R"({"source":"192.0.2.3","peers":["192.0.2.2"]})"));
  EXPECT_EQ(shown["last_drop"], nullptr);
  EXPECT_EQ(shown.dump().find("secret"), std::string::npos);
}

TEST(InstanceJson, AnAlternativeNameAndTheKernelsAreThere) {
  InstanceSnapshot instance = backup_instance();
  instance.config.interface = "enp3s0f0";
  instance.status.kernel.interface_name = "eth0";
  instance.config.unicast_interface = "eth1";
  const json shown = json_of(instance);
  EXPECT_EQ(shown["interface"], "enp3s0f0");
  EXPECT_EQ(shown["interface_name"], "eth0");
  EXPECT_EQ(shown["unicast_interface"], "eth1");
}

TEST(InstanceJson, AnInterfacesNameIsEscaped) {
  InstanceSnapshot instance = backup_instance();
  instance.config.interface = "e\"0";
  EXPECT_EQ(json_of(instance)["interface"], "e\"0");
}

/// Each once, in the order of protocol.h.
TEST(InstanceJson, MembersComeInTheirOrder) {
  InstanceSnapshot instance = master_instance();
  vrrp::Rival rival;
  rival.source = boost::asio::ip::make_address("192.0.2.6");
  instance.status.rivals = {rival};
  std::string out;
  fields::append_json(out, instance);
  const auto keys_of = [](const nlohmann::ordered_json& object) {
    std::string keys;
    for (const auto& [key, value] : object.items()) keys += key + " ";
    return keys;
  };
  const auto object = nlohmann::ordered_json::parse(out);
  EXPECT_EQ(
      keys_of(object),
      "name sync_group state reason explanation since stale leaving claimed foreign_address "
      "refused_address polling ready held priority tracks priority_by_members cut_off "
      "master "
      "interface_name interface "
      "unicast_interface virtual_router_id family version configured_priority "
      "advertisement_interval_us "
      "preempt preempt_delay_us preempt_margin checksum virtual_addresses extra_addresses unicast "
      "master_down_interval_us worst_lateness_us peers other_lists last_drop rivals "
      "dropped_from last_lesser hooks units counters ");
  EXPECT_EQ(keys_of(object["rivals"][0]),
            "mac source node owner announcing crowd address explanation virtual_router_id version "
            "priority interval_us destination authenticated differs ");
}

}  // namespace
}  // namespace evenkeel::daemon
