#include "vrrp/status_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;
using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;
using namespace std::chrono_literals;

InstanceStatus backup() {
  InstanceStatus status;
  status.name = "web";
  status.state = State::Backup;
  status.reason = Reason::Started;
  return status;
}

TEST(StatusNotes, NothingNewIsNothingSaid) {
  EXPECT_THAT(notes(backup(), backup()), IsEmpty());
}

TEST(StatusNotes, ATransitionSaysItsReason) {
  InstanceStatus master = backup();
  master.state = State::Master;
  master.reason = Reason::MasterDownTimerExpired;
  EXPECT_THAT(notes(backup(), master),
              ElementsAre(Note{Severity::Info,
                               "instance web: entering MASTER state: master down timer expired"}));
}

TEST(StatusNotes, AMasterSaysWhatItTakes) {
  InstanceStatus master = backup();
  master.state = State::Master;
  master.reason = Reason::MasterDownTimerExpired;
  InstanceConfig config;
  config.virtual_addresses = {{make_address("192.0.2.10"), 24}, {make_address("192.0.2.11"), 32}};
  config.extra_addresses = {{make_address("2001:db8::10"), 64}};
  const std::string text = "instance web: entering MASTER state: master down timer expired, with ";
  EXPECT_THAT(
      notes(backup(), master, config),
      ElementsAre(Note{Severity::Info, text + "192.0.2.10/24, 192.0.2.11/32, 2001:db8::10/64"}));
  config.extra_addresses.assign(10, config.extra_addresses.front());
  EXPECT_THAT(notes(backup(), master, config).at(0).text, EndsWith(", 2001:db8::10/64 and 4 more"));
}

TEST(StatusNotes, ABackupNamesItsMaster) {
  InstanceStatus before = backup();
  before.state = State::Master;
  InstanceStatus after = backup();
  after.reason = Reason::BetterMaster;
  after.master = make_address("192.0.2.2");
  EXPECT_THAT(notes(before, after),
              ElementsAre(Note{Severity::Info,
                               "instance web: entering BACKUP state: a better master was heard, "
                               "master 192.0.2.2"}));
  InstanceStatus other = after;
  other.master = make_address("192.0.2.3");
  EXPECT_THAT(notes(after, other),
              ElementsAre(Note{Severity::Info, "instance web: master is 192.0.2.3"}));
}

TrackStatus track(TrackEffect effect, TrackState state, std::int32_t applied, const char* reason) {
  return {.kind = TrackKind::Check,
          .name = "nginx",
          .state = state,
          .effect = effect,
          .applied = applied,
          .is_fault = effect == TrackEffect::Fault && state == TrackState::Fails,
          .reason = reason};
}

TEST(StatusNotes, ATrackThatChangesSomethingHasALine) {
  InstanceStatus before = backup();
  before.priority = 150;
  before.tracks = {track(TrackEffect::Weight, TrackState::Unknown, 0, "")};
  InstanceStatus holding = before;
  holding.tracks = {track(TrackEffect::Weight, TrackState::Holds, 0, "")};
  InstanceStatus failing = before;
  failing.priority = 120;
  failing.tracks = {track(TrackEffect::Weight, TrackState::Fails, -30, "connect refused")};
  EXPECT_THAT(notes(before, holding), IsEmpty());
  EXPECT_THAT(notes(holding, failing),
              ElementsAre(Note{Severity::Warning,
                               "instance web: check nginx fails (connect refused): -30, priority "
                               "120"}));
  EXPECT_THAT(notes(failing, holding),
              ElementsAre(Note{Severity::Info, "instance web: check nginx holds: priority 150"}));
  InstanceStatus later = failing;
  later.tracks[0].reason = "timeout";
  EXPECT_THAT(notes(failing, later), IsEmpty());
}

TEST(StatusNotes, ANodeThatIsCutOffIsTold) {
  InstanceStatus cut_off = backup();
  cut_off.is_cut_off = true;
  EXPECT_THAT(notes(backup(), cut_off),
              ElementsAre(Note{Severity::Warning,
                               "instance web: a gateway and all checks fail: this node is cut off, "
                               "and the checks are not counted"}));
  EXPECT_THAT(notes(cut_off, backup()),
              ElementsAre(Note{Severity::Info,
                               "instance web: this node is not cut off any more: the checks are "
                               "counted"}));
}

TEST(StatusNotes, AFaultByATrackIsNamed) {
  InstanceStatus before = backup();
  before.tracks = {track(TrackEffect::Fault, TrackState::Holds, 0, "")};
  InstanceStatus after = before;
  after.state = State::Initialize;
  after.reason = Reason::TrackFailed;
  after.tracks = {track(TrackEffect::Fault, TrackState::Fails, 0, "connect refused")};
  EXPECT_THAT(
      notes(before, after),
      ElementsAre(Note{Severity::Warning, "instance web: check nginx fails (connect refused)"},
                  Note{Severity::Warning,
                       "instance web: entering INITIALIZE state: what it follows has "
                       "failed: check nginx: connect refused"}));
}

TEST(StatusNotes, AFailoverThatNobodyAnsweredWasNeverLeft) {
  InstanceStatus master = backup();
  master.state = State::Master;
  master.reason = Reason::Resumed;
  InstanceStatus leaving = master;
  leaving.reason = Reason::Leaving;
  leaving.is_leaving = true;
  EXPECT_EQ(notes(master, leaving).at(0).text,
            "instance web: still in MASTER state with priority 0: leaving, until a new master is "
            "heard");
  InstanceStatus after = master;
  after.reason = Reason::NobodyAnswered;
  EXPECT_EQ(notes(leaving, after).at(0).text,
            "instance web: still in MASTER state: nobody else took over");
}

TEST(StatusNotes, TroubleIsAWarningAndAStopIsNot) {
  InstanceStatus down = backup();
  down.state = State::Initialize;
  down.reason = Reason::InterfaceDown;
  EXPECT_EQ(notes(backup(), down).at(0).severity, Severity::Warning);
  down.reason = Reason::Stopped;
  EXPECT_EQ(notes(backup(), down).at(0).severity, Severity::Info);
}

TEST(StatusNotes, AStreamOfDropsSpeaksAtPowersOfTen) {
  const auto index = static_cast<std::size_t>(DecodeError::Checksum);
  int lines = 0;
  for (std::uint64_t count = 0; count < 1000; ++count) {
    InstanceStatus before = backup();
    before.counters.dropped[index] = count;
    InstanceStatus after = before;
    after.counters.dropped[index] = count + 1;
    lines += static_cast<int>(notes(before, after).size());
  }
  EXPECT_EQ(lines, 4);  // 1, 10, 100, 1000
}

TEST(StatusNotes, ADropSaysWhyAndFromWhom) {
  InstanceStatus after = backup();
  after.counters.dropped[static_cast<std::size_t>(DecodeError::Checksum)] = 12;
  after.dropped_from[static_cast<std::size_t>(DecodeError::Checksum)] = make_address("192.0.2.66");
  EXPECT_THAT(notes(backup(), after),
              ElementsAre(Note{Severity::Warning,
                               "instance web: dropped a packet: checksum, from 192.0.2.66 "
                               "(12 times)"}));
}

TEST(StatusNotes, AnotherListIsToldWithItsSenderAndOurs) {
  InstanceConfig ours;
  ours.virtual_addresses = {{make_address("192.0.2.10"), 24}};
  InstanceStatus after = backup();
  after.counters.dropped[static_cast<std::size_t>(DecodeError::AddressList)] = 1;
  after.last_drop = Drop{DecodeError::AddressList, make_address("192.0.2.66")};
  after.other_lists = {{make_address("192.0.2.66"), true, 1, {make_address("200.200.200.200")}}};
  EXPECT_THAT(notes(backup(), after, ours),
              ElementsAre(Note{Severity::Warning,
                               "instance web: another list of addresses is advertised with our "
                               "virtual router ID by 192.0.2.66: 200.200.200.200; ours: "
                               "192.0.2.10; ignored: none of them is ours"}));
  EXPECT_TRUE(notes(after, after, ours).empty());
  InstanceStatus heeded = after;
  heeded.other_lists[0].is_ignored = false;
  EXPECT_THAT(notes(after, heeded, ours)[0].text,
              testing::HasSubstr("it takes part in the election"));
  InstanceStatus gone = after;
  gone.other_lists.clear();
  EXPECT_THAT(notes(after, gone, ours),
              ElementsAre(Note{Severity::Info,
                               "instance web: 192.0.2.66 is not heard with another list of "
                               "addresses any more"}));
}

// It may be silent, or this node may have gone deaf.
TEST(StatusNotes, WhoIsNotHeardAnyMoreIsNotCalledMended) {
  InstanceStatus before = backup();
  Rival peer;
  peer.mac = {2, 0, 0, 0, 0, 2};
  peer.source = make_address("192.0.2.2");
  peer.differences.add(Difference::Interval);
  before.rivals = {peer};
  EXPECT_THAT(notes(before, backup()).at(0).text,
              testing::HasSubstr("is not heard to differ any more"));
}

TEST(StatusNotes, EveryKindOfDropNamesItsSender) {
  InstanceStatus after = backup();
  const auto drop = [&](DecodeError error, const char* source) {
    after.counters.dropped[static_cast<std::size_t>(error)] = 1;
    after.dropped_from[static_cast<std::size_t>(error)] = make_address(source);
    after.last_drop = Drop{error, make_address(source)};
  };
  drop(DecodeError::Version, "192.0.2.66");
  drop(DecodeError::Checksum, "192.0.2.67");
  EXPECT_THAT(
      notes(backup(), after),
      ElementsAre(
          Note{Severity::Warning, "instance web: dropped a packet: version, from 192.0.2.66"},
          Note{Severity::Warning, "instance web: dropped a packet: checksum, from 192.0.2.67"}));
}

TEST(StatusNotes, AnEqualPriorityIsNotCalledLower) {
  InstanceStatus before = backup();
  before.state = State::Master;
  before.priority = 100;
  InstanceStatus after = before;
  after.counters.lower_priority_answered = 1;
  after.last_lower_priority = {make_address("192.0.2.3"), 100, 1s, {}};
  EXPECT_EQ(notes(before, after).at(0).text,
            "instance web: 192.0.2.3 advertises as master too, with priority 100 as this node, "
            "whose address is higher: answered as the better one");
  after.last_lower_priority->priority = 50;
  after.counters.lower_priority_answered = 12;
  EXPECT_EQ(notes(before, after).at(0).text,
            "instance web: 192.0.2.3 advertises as master too, with priority 50, ours is 100: "
            "answered as the better one (12 times)");
  after.priority = 40;
  EXPECT_EQ(notes(before, after).at(0).text,
            "instance web: 192.0.2.3 advertises as master too, with priority 50: answered as the "
            "better one (12 times)")
      << "ours was another one then";
}

TEST(StatusNotes, LatenessSaysHowLate) {
  InstanceStatus after = backup();
  after.counters.late = 1;
  after.worst_lateness = 2500ms;
  EXPECT_THAT(notes(backup(), after),
              ElementsAre(Note{Severity::Warning,
                               "instance web: late by up to 2500 ms, an advertisement interval or "
                               "more"}));
}

TEST(StatusNotes, LatenessThatCostThePlaceIsToldEachTime) {
  InstanceStatus before = backup();
  before.state = State::Master;
  before.reason = Reason::Preempting;
  before.counters.late = 4;
  InstanceStatus after = backup();
  after.reason = Reason::LateMaster;
  after.master = make_address("192.0.2.2");
  after.counters.late = 5;
  after.worst_lateness = 5200ms;
  const auto told = notes(before, after);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1].text,
            "instance web: late by up to 5200 ms, an advertisement interval or more (5 times)");
  // Late again as a Backup: no news.
  InstanceStatus later = after;
  later.counters.late = 6;
  EXPECT_TRUE(notes(after, later).empty());
}

TEST(StatusNotes, AConflictIsToldOnce) {
  InstanceStatus after = backup();
  after.has_conflict = true;
  EXPECT_EQ(notes(backup(), after).size(), 1U);
  EXPECT_THAT(notes(after, after), IsEmpty());
}

}  // namespace
}  // namespace evenkeel::vrrp
