// Rules over several keys: what could not work is an error, what works in a way that hurts a
// warning.
#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string service_of(const std::string& forwarding, const std::string& protocol,
                       const std::string& more, const std::string& servers) {
  return "[[virtual_service]]\nname = \"web\"\naddress = \"192.0.2.10\"\nport = 80\nprotocol = \"" +
         protocol + "\"\nforwarding = \"" + forwarding + "\"\n" + more + "\nreal_server = [" +
         servers + "]\n";
}

constexpr const char* kOther = "{ address = \"192.0.2.21\", port = 8080 }";
constexpr const char* kIpv6 = "{ address = \"2001:db8::21\" }";
constexpr const char* kOne = "{ address = \"192.0.2.21\" }";

TEST(ServiceRules, OnlyMasqueradeRewritesThePort) {
  EXPECT_THAT(mistakes(service_of("masquerade", "tcp", "", kOther)), IsEmpty());
  for (const char* const method : {"direct", "tunnel"}) {
    EXPECT_THAT(mistakes(service_of(method, "tcp", "", kOther)),
                ElementsAre("f:8:49: error: \"port\" must be the service's, 80, not 8080: only "
                            "forwarding = \"masquerade\" rewrites the port"));
  }
}

TEST(ServiceRules, OnlyTunnelCrossesFamilies) {
  EXPECT_THAT(mistakes(service_of("tunnel", "tcp", "", kIpv6)), IsEmpty());
  for (const char* const method : {"direct", "masquerade"}) {
    EXPECT_THAT(mistakes(service_of(method, "tcp", "", kIpv6)),
                ElementsAre(HasSubstr("\"address\" must be an IPv4 address, as the service's is, "
                                      "not 2001:db8::21")));
  }
}

TEST(ServiceRules, ARealServerIsInAServiceOnce) {
  EXPECT_THAT(mistakes(service_of("direct", "tcp", "", std::string(kOne) + ",\n" + kOne)),
              ElementsAre("f:9:1: error: the real server 192.0.2.21:80 is in this service already, "
                          "at f:8"));
  EXPECT_THAT(
      mistakes(service_of("direct", "tcp", "",
                          "{ name = \"a\", address = \"192.0.2.21\" },\n{ name = \"a\", address = "
                          "\"192.0.2.22\" }, { name = \"192.0.2.23:80\", address = "
                          "\"192.0.2.24\" }, { address = \"192.0.2.23\" }")),
      ElementsAre(HasSubstr("f:9:1: error: a real server \"a\" is in this service already, at f:8"),
                  HasSubstr("a real server \"192.0.2.23:80\" is in this service already")));
  EXPECT_THAT(mistakes(service_of("masquerade", "tcp", "", std::string(kOne) + ", " + kOther)),
              IsEmpty());
}

TEST(ServiceRules, DuplicatesAreFoundBesideOtherMistakes) {
  EXPECT_THAT(mistakes(service_of("direct", "tcp", "",
                                  "{ address = \"192.0.2.21\", weight = -1 }, "
                                  "{ address = \"192.0.2.21\", name = 3 }")),
              SizeIs(3));
}

TEST(ServiceRules, AServiceIsThereOnce) {
  const std::string tcp = service_of("direct", "tcp", "", kOne);
  std::string udp = service_of("direct", "udp", "", kOne);
  udp.replace(udp.find("web"), 3, "dns");
  EXPECT_THAT(mistakes(tcp + udp), IsEmpty()) << "another protocol is another service";
  EXPECT_THAT(mistakes(tcp + tcp + tcp), SizeIs(4)) << "two repetitions, each by name and by key";
  EXPECT_THAT(
      mistakes(tcp + tcp),
      ElementsAre("f:9:1: error: a virtual service for TCP 192.0.2.10:80 is already at f:1: "
                  "\"web\"",
                  "f:10:8: error: a virtual service \"web\" is already at f:1"));
}

TEST(ServiceRules, AQuorumMustBeReachable) {
  const char* const servers =
      "{ address = \"192.0.2.21\", weight = 3 }, { address = \"192.0.2.22\", weight = 2 }";
  EXPECT_THAT(mistakes(service_of("direct", "tcp", "quorum = 5", servers)), IsEmpty());
  EXPECT_THAT(mistakes(service_of("direct", "tcp", "quorum = 4\nhysteresis = 1", servers)),
              IsEmpty());
  EXPECT_THAT(
      mistakes(service_of("direct", "tcp", "quorum = 6", servers)),
      ElementsAre(HasSubstr("f:7:10: error: the quorum (6) can never be reached: the weights "
                            "of the real servers sum up to 5")));
  EXPECT_THAT(mistakes(service_of("direct", "tcp", "quorum = 4\nhysteresis = 2", servers)),
              ElementsAre(HasSubstr("the quorum (4, with hysteresis 6) can never be reached")));
}

TEST(ServiceRules, ASorryServerMayAlsoBeARealServer) {
  EXPECT_THAT(
      mistakes(service_of("direct", "tcp", "sorry_server = { address = \"192.0.2.21\" }", kOne)),
      IsEmpty());
}

TEST(ServiceWarnings, AUsualServiceHasNoWarning) {
  EXPECT_THAT(warnings(service_of("direct", "tcp", "", kOne)), IsEmpty());
  EXPECT_THAT(warnings(service_of("direct", "udp", "one_packet = true", kOne)), IsEmpty());
  EXPECT_THAT(warnings(service_of("direct", "tcp", "persistence = \"5m\"", kOne)), IsEmpty());
}

TEST(ServiceWarnings, NothingToSendTo) {
  EXPECT_THAT(warnings(service()), ElementsAre("f:1:1: warning: the service has no real server"));
  EXPECT_THAT(warnings(served("", "weight = 0")), ElementsAre(HasSubstr("weight above 0")));
  EXPECT_THAT(warnings(served("check = { type = \"script\", command = [\"/bin/a\"], "
                              "dynamic_weight = true }",
                              "weight = 0")),
              testing::IsEmpty())
      << "its script may give it one";
}

TEST(ServiceWarnings, HashSchedulers) {
  for (const char* const name : {"sh", "dh"}) {
    EXPECT_THAT(
        warnings(service_of("direct", "tcp", "scheduler = \"" + std::string(name) + "\"", kOne)),
        ElementsAre(HasSubstr("f:7:13: warning: scheduler \"" + std::string(name) +
                              "\" moves nearly every client")));
  }
  EXPECT_THAT(warnings(service_of("direct", "tcp", "scheduler = \"mh\"", kOne)), IsEmpty());
  const char* const heavy =
      "{ address = \"192.0.2.21\", weight = 200 }, { address = \"192.0.2.22\", weight = 57 }";
  EXPECT_THAT(warnings(service_of("direct", "tcp", "scheduler = \"sh\"", heavy)),
              Contains(HasSubstr("weights that sum up to 257")));
  EXPECT_THAT(warnings(service_of("direct", "tcp", "scheduler = \"mh\"", heavy)), IsEmpty());
}

TEST(ServiceWarnings, AHashSchedulerThatQuiescesWithoutFallback) {
  const auto refused = HasSubstr("to a quiesced real server are refused");
  const auto found = [](const std::string& keys) {
    return warnings(service_of("direct", "tcp", keys, kOne));
  };
  EXPECT_THAT(found("scheduler = \"mh\"\non_failure = \"quiesce\""),
              ElementsAre(HasSubstr("add the flag \"mh-fallback\"")));
  EXPECT_THAT(found("scheduler = \"sh\"\non_failure = \"quiesce\""), Contains(refused));
  EXPECT_THAT(found("scheduler = \"dh\"\non_failure = \"quiesce\""),
              Contains(HasSubstr("use \"mh\" with \"mh-fallback\", or use on_failure")));
  EXPECT_THAT(found("scheduler = \"mh\"\nscheduler_flags = [\"mh-fallback\"]\non_failure = "
                    "\"quiesce\""),
              IsEmpty());
  EXPECT_THAT(
      found("scheduler = \"mh\"\nscheduler_flags = [\"mh-port\"]\non_failure = \"quiesce\""),
      Contains(refused));
  EXPECT_THAT(found("scheduler = \"wlc\"\non_failure = \"quiesce\""), IsEmpty());
  // "auto" quiesces a server that answers wrongly: where one can.
  EXPECT_THAT(found("scheduler = \"mh\"\ncheck = { type = \"http\" }"), Contains(refused));
  EXPECT_THAT(found("scheduler = \"mh\"\ncheck = { type = \"tcp\", expect = \"x\" }"),
              Contains(refused));
  EXPECT_THAT(found("scheduler = \"mh\"\ncheck = { type = \"tcp\" }"), IsEmpty());
  EXPECT_THAT(found("scheduler = \"mh\"\npersistence = \"5m\"\ncheck = { type = \"http\" }"),
              IsEmpty());
  EXPECT_THAT(found("scheduler = \"mh\"\non_failure = \"remove\"\ncheck = { type = \"http\" }"),
              IsEmpty());
}

TEST(ServiceWarnings, QuiescingWhatWeightZeroNeverMoves) {
  EXPECT_THAT(warnings(service_of("direct", "udp", "on_failure = \"quiesce\"", kOne)),
              ElementsAre(HasSubstr("never moves a live udp flow")));
  const std::string persistent =
      service_of("direct", "tcp", "persistence = \"5m\"\non_failure = \"quiesce\"", kOne);
  EXPECT_THAT(warnings(persistent), ElementsAre(HasSubstr("keeps sending known clients")));
  EXPECT_THAT(warnings("[ipvs.sysctl]\nexpire_quiescent_template = true\n" + persistent),
              IsEmpty());
}

TEST(ServiceWarnings, OnePacketBehindMasquerade) {
  EXPECT_THAT(warnings(service_of("masquerade", "udp", "one_packet = true", kOne)),
              ElementsAre(HasSubstr("the kernel does not translate the replies")));
}

TEST(ServiceWarnings, APrefixWithoutPersistence) {
  EXPECT_THAT(warnings(service_of("direct", "tcp", "persistence_prefix = 24", kOne)),
              ElementsAre(HasSubstr("\"persistence_prefix\" has no effect")));
  EXPECT_THAT(warnings(service_of("direct", "tcp", "persistence = \"0s\"", kOne)), IsEmpty());
}

TEST(ServiceWarnings, NeverHideAnError) {
  const auto found = mistakes(service_of("direct", "tcp", "scheduler = \"sh\"\nx = 1", kOne));
  EXPECT_THAT(found, ElementsAre(HasSubstr("unknown key")));
  EXPECT_THAT(found, Not(Contains(HasSubstr("warning"))));
}

}  // namespace
}  // namespace evenkeel::daemon
