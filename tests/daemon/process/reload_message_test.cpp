#include "daemon/process/reload_message.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

ReloadOutline outline(std::uint64_t operations) {
  return {.config_digest = "62cbb1", .generation = 2, .operations = operations};
}

TEST(ReloadMessage, SaysWhatIsInForce) {
  EXPECT_EQ(reload_message(outline(0)),
            "configuration 62cbb1 in force, generation 2: 0 operations");
  EXPECT_EQ(reload_message(outline(1)), "configuration 62cbb1 in force, generation 2: 1 operation");
}

TEST(ReloadMessage, AndWhatIsNot) {
  ReloadOutline some = outline(3);
  some.kernel_problem = "no IPVS";
  some.vrrp_problem = "instance web: interface is missing";
  some.refusals = {"add service TCP 192.0.2.10:80: No such file or directory"};
  EXPECT_EQ(
      reload_message(some),
      "configuration 62cbb1 in force, generation 2: 3 operations; not in the kernel: no IPVS; "
      "not in force: instance web: interface is missing; the kernel refused 1 service: add "
      "service TCP 192.0.2.10:80: No such file or directory");
}

TEST(ReloadMessage, OfSeveralRefusalsTheFirst) {
  ReloadOutline some = outline(3);
  some.refusals = {"one", "two"};
  EXPECT_EQ(reload_message(some),
            "configuration 62cbb1 in force, generation 2: 3 operations; the kernel refused 2 "
            "services, the first: one");
}

}  // namespace
}  // namespace evenkeel::daemon
