#include "ipvs/refusal.h"

#include <cerrno>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenkeel::ipvs {
namespace {

using ::testing::HasSubstr;

Operation operation(OperationKind kind) {
  Operation out;
  out.kind = kind;
  out.service.key.address = boost::asio::ip::make_address("192.0.2.10");
  out.service.key.port = 80;
  out.service.scheduler = "twos";
  out.destination.key = {boost::asio::ip::make_address("10.0.0.3"), 80};
  return out;
}

TEST(Refusal, SaysWhatWasBeingDoneAndToWhat) {
  EXPECT_EQ(refusal_message(operation(OperationKind::AddDestination), EEXIST),
            "add destination 10.0.0.3:80 to TCP 192.0.2.10:80: File exists");
  EXPECT_EQ(refusal_message(operation(OperationKind::RemoveService), EPERM),
            "remove TCP 192.0.2.10:80: Operation not permitted");
}

TEST(Refusal, NoSuchServiceOrDestination) {
  EXPECT_EQ(refusal_message(operation(OperationKind::AddDestination), ESRCH),
            "add destination 10.0.0.3:80 to TCP 192.0.2.10:80: there is no such service");
  EXPECT_EQ(refusal_message(operation(OperationKind::SetDestination), ENOENT),
            "set destination 10.0.0.3:80 of TCP 192.0.2.10:80: there is no such destination");
}

TEST(Refusal, AddressThatTheKernelDoesNotTake) {
  EXPECT_THAT(refusal_message(operation(OperationKind::AddDestination), EINVAL),
              HasSubstr("only unicast addresses"));
  EXPECT_EQ(refusal_message(operation(OperationKind::SetDestination), EINVAL),
            "set destination 10.0.0.3:80 of TCP 192.0.2.10:80: Invalid argument");
}

TEST(Refusal, UnknownScheduler) {
  EXPECT_EQ(refusal_message(operation(OperationKind::SetService), ENOENT),
            "set TCP 192.0.2.10:80: scheduler \"twos\" is not known to this kernel");
  Operation with_engine = operation(OperationKind::AddService);
  with_engine.service.persistence_engine = "sip";
  EXPECT_EQ(refusal_message(with_engine, ENOENT),
            "add TCP 192.0.2.10:80: scheduler \"twos\" or persistence engine \"sip\" is not known "
            "to this kernel");
}

}  // namespace
}  // namespace evenkeel::ipvs
