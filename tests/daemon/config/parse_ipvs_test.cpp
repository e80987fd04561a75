#include "daemon/config/sysctl.h"
#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ParseIpvs, HasTheDefaultsOfThePage) {
  const IpvsConfig ipvs = accepted("[ipvs]\n").config.ipvs;
  EXPECT_FALSE(ipvs.exclusive);
  EXPECT_EQ(ipvs.on_stop, OnStop::Keep);
  EXPECT_EQ(ipvs.max_removals.percent, 50);
  EXPECT_EQ(ipvs.drift_interval, Duration(30s));
  EXPECT_EQ(ipvs.timeouts, IpvsTimeouts());
  EXPECT_EQ(ipvs.sysctl, recommended_sysctls());
}

TEST(ParseIpvs, ReadsEveryKey) {
  const IpvsConfig ipvs = accepted(
                              "[ipvs]\n"
                              "exclusive = true\n"
                              "on_stop = \"remove\"\n"
                              "max_removals = \"100%\"\n"
                              "drift_interval = \"0s\"\n"
                              "[ipvs.timeouts]\n"
                              "tcp = \"15m\"\n"
                              "tcp_fin = \"0s\"\n"
                              "udp = \"10s\"\n"
                              "[ipvs.sysctl]\n"
                              "expire_nodest_conn = 0\n"
                              "sloppy_tcp = false\n"
                              "conn_reuse_mode = 3\n"
                              "drop_entry = 1\n"
                              "est_nice = -20\n")
                              .config.ipvs;
  EXPECT_TRUE(ipvs.exclusive);
  EXPECT_EQ(ipvs.on_stop, OnStop::Remove);
  EXPECT_EQ(ipvs.max_removals.percent, 100);
  EXPECT_EQ(ipvs.drift_interval, Duration(0s));
  EXPECT_EQ(ipvs.timeouts, (IpvsTimeouts{.tcp = 900s, .tcp_fin = 0s, .udp = 10s}));
  EXPECT_EQ(ipvs.sysctl, (SysctlValues{{"conn_reuse_mode", 3},
                                       {"drop_entry", 1},
                                       {"est_nice", -20},
                                       {"expire_nodest_conn", 0},
                                       {"expire_quiescent_template", 0},
                                       {"sloppy_tcp", 0}}));
}

struct Refused {
  const char* line;
  const char* expected;
};

TEST(ParseIpvs, RefusesWhatIsOutOfRange) {
  for (const Refused& refused : std::vector<Refused>{
           {"on_stop = \"leave\"", "must be one of \"keep\", \"remove\", not the string \"leave\""},
           {"max_removals = 50", "must be a percentage, \"0%\" .. \"100%\", not 50"},
           {"max_removals = \"101%\"", "not the string \"101%\""},
           {"max_removals = \"-1%\"", "must be a percentage"},
           {"max_removals = \"50\"", "must be a percentage"},
           {"max_removals = \"50 %\"", "must be a percentage"},
           {"max_removals = \"300%\"", "must be a percentage"},
           {"drift_interval = 30", "a unit (ms, s, m, h), such as \"2s\", not 30"},
           {"drift_interval = \"500ms\"", "must be \"0s\" or 1s .. 24h, not the string"},
           {"drift_interval = \"25h\"", "must be \"0s\" or 1s .. 24h"},
           {"exclusive = \"yes\"", "must be true or false, not the string \"yes\""},
           {"timeouts = 3", "must be a table"},
           {"timeouts.tcp = 900", "such as \"2s\", not 900"},
           {"timeouts.tcp = \"1500ms\"", "in whole seconds, not the string \"1500ms\""},
           {"timeouts.udp = \"597h\"", "must be \"0s\" or 1s .. 2147483s"},
           {"sysctl.sloppy_tcp = 2", "must be true or false (or 1 or 0), not 2"},
           {"sysctl.sloppy_tcp = \"on\"", "must be true or false"},
           {"sysctl.conn_reuse_mode = 4", "must be an integer, 0 .. 3, not 4"},
           {"sysctl.conn_reuse_mode = true", "must be an integer"},
           {"sysctl.secure_tcp = -1", "must be an integer, 0 .. 3"},
           {"sysctl.sync_threshold = [3, 50]", "\"sync_threshold\" is not supported yet"},
           {"sysctl.est_cpulist = \"1\"", "\"est_cpulist\" is not supported yet"},
       }) {
    EXPECT_THAT(mistakes("[ipvs]\n" + std::string(refused.line)),
                ElementsAre(HasSubstr(refused.expected)))
        << refused.line;
  }
}

TEST(ParseIpvs, WarnsOfReusedPortsWithoutRescheduling) {
  EXPECT_THAT(warnings("[ipvs.sysctl]\nconn_reuse_mode = 0\n"),
              ElementsAre(HasSubstr("f:2:19: warning: conn_reuse_mode 0")));
}

TEST(ParseIpvs, WarnsOfReusedPortsWhereOnlyTheClientsPacketsAreSeen) {
  const auto all = [](const std::string& mode, const std::string& forwarding) {
    std::string text = "[ipvs.sysctl]\nconn_reuse_mode = " + mode + "\n" + served();
    text.replace(text.find("masquerade"), std::string("masquerade").size(), forwarding);
    return warnings(text);
  };
  for (const std::string forwarding : {"direct", "tunnel"}) {
    for (const std::string mode : {"1", "{ lb1 = 1, lb2 = 3 }"}) {
      EXPECT_THAT(
          all(mode, forwarding),
          ElementsAre(HasSubstr("f:2:19: warning: conn_reuse_mode 1: virtual service \"web\"")));
    }
    EXPECT_EQ(all("0", forwarding).size(), 2U);
    EXPECT_THAT(all("2", forwarding), IsEmpty());
    EXPECT_THAT(all("3", forwarding), IsEmpty());
  }
  EXPECT_THAT(all("1", "masquerade"), IsEmpty());
}

TEST(Sysctl, NamesAreSortedAndRecommendedValuesAreInRange) {
  std::string_view before;
  for (const Sysctl& sysctl : known_sysctls()) {
    EXPECT_LT(before, sysctl.name);
    before = sysctl.name;
    EXPECT_LT(sysctl.min, sysctl.max);
  }
  for (const auto& [name, value] : recommended_sysctls()) {
    EXPECT_THAT(mistakes("[ipvs.sysctl]\n" + name + " = " + std::to_string(value)), IsEmpty());
  }
}

}  // namespace
}  // namespace evenkeel::daemon
