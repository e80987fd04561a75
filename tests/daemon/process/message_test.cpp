#include <chrono>
#include <gtest/gtest.h>
#include <random>
#include <stdexcept>

#include "daemon/process/message_parts.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

std::vector<std::byte> bytes(std::initializer_list<int> octets) {
  std::vector<std::byte> result;
  for (const int octet : octets) result.push_back(static_cast<std::byte>(octet));
  return result;
}

CheckReport one_of_each_reason() {
  CheckReport report{.generation = 0x01020304, .first_round_done = true, .outcomes = {}};
  for (std::uint8_t number = 0; fields::from_number<checks::Reason>(number); ++number) {
    report.outcomes.push_back({.id = 7U + number,
                               .reason = *fields::from_number<checks::Reason>(number),
                               .detail = std::string(number, 'd'),
                               .latency = number * 1ms});
  }
  return report;
}

InstanceReport full_report() {
  using boost::asio::ip::make_address;
  InstanceReport report{.generation = 3, .status = {}};
  vrrp::InstanceStatus& status = report.status;
  status.name = "web";
  status.kernel.interface_name = "eth0";
  status.state = vrrp::State::Backup;
  status.reason = vrrp::Reason::BetterMaster;
  status.since = vrrp::TimePoint(5s);
  status.priority = 100;
  status.master = make_address("192.0.2.2");
  status.is_ready = true;
  status.has_conflict = true;
  status.kernel.has_foreign_address = true;
  status.kernel.has_refused_address = true;
  status.kernel.is_polling = true;
  status.master_down_interval = 3609375us;
  status.worst_lateness = 7ns;
  status.peers = {{make_address("192.0.2.2"), 150, 1s, vrrp::TimePoint(9s)},
                  {make_address("fe80::1"), 1, 10ms, vrrp::TimePoint(1ns)}};
  status.other_lists = {{make_address("192.0.2.66"), true, 1, {make_address("200.200.200.200")}},
                        {make_address("fe80::66"), false, 255, {make_address("2001:db8::1")}}};
  status.last_drop = vrrp::Drop{vrrp::DecodeError::IntervalMismatch, make_address("192.0.2.9")};
  status.dropped_from.front() = make_address("192.0.2.8");
  status.dropped_from.back() = make_address("fe80::9");
  status.last_lower_priority = {make_address("192.0.2.7"), 50, 1s, vrrp::TimePoint(8s)};
  vrrp::Rival rival;
  rival.mac = {2, 0, 0x5E, 0x10, 0, 1};
  rival.source = make_address("192.0.2.6");
  rival.is_owner = true;
  rival.address = make_address("192.0.2.10");
  rival.differences.add(vrrp::Difference::VirtualRouterId);
  rival.differences.add(vrrp::Difference::Unheard);
  rival.virtual_router_id = 52;
  rival.priority = 90;
  rival.version = vrrp::Version::V2;
  rival.interval = 3s;
  rival.destination = make_address("224.0.0.18");
  rival.is_authenticated = true;
  rival.heard = vrrp::TimePoint(7s);
  vrrp::Rival announcer;
  announcer.is_announcing = announcer.is_crowd = announcer.is_elsewhere = true;
  announcer.differences.add(vrrp::Difference::SameSource);
  status.rivals = {rival, announcer};
  status.counters.became_master = 1;
  status.counters.sends_refused = 13;
  status.counters.dropped.back() = 14;
  return report;
}

/// Each variable with this value.
std::vector<Setting> all_settings(const std::string& value) {
  std::vector<Setting> settings;
  for (std::uint8_t number = 0; const auto each = fields::from_number<Variable>(number); ++number) {
    settings.push_back({*each, value});
  }
  return settings;
}

std::vector<Message> examples() {
  return {
      Configure{.generation = 1},
      Ping{.sequence = 0xfedcba9876543210},
      Configured{.generation = 9, .problem = {}},
      Configured{.generation = 9, .problem = "check 3: no such kind"},
      Pong{.sequence = 1, .behind = 3},
      CheckReport{},
      Configure{.generation = 2, .may_stay = false},
      Command{.sequence = 7, .verb = Verb::Failover, .instances = {"web", "inside"}},
      Command{.sequence = 8, .verb = Verb::Ready, .instances = {}},
      Command{.sequence = 9, .verb = Verb::Resume, .more = true, .instances = {"web"}},
      InstanceReport{},
      full_report(),
      CommandDone{.sequence = 7, .outcomes = {{"web", vrrp::FailoverOutcome::NobodyAnswered}}},
      CommandDone{.sequence = 7, .more = true, .outcomes = {}},
      one_of_each_reason(),
      RunRequest{.run = 1, .program = 2, .settings = {}},
      RunRequest{.run = 0x123456789, .program = 3, .settings = all_settings("web")},
      EndRun{.run = 0x123456789},
      RunStarted{.run = 0x123456789, .pid = 4711, .waited = 5ms},
      RunEnded{.run = 1, .how = RunEnd::Exit, .number = 255, .last_line = "so", .duration = 1s},
      RunEnded{.run = 2,
               .how = RunEnd::CannotRun,
               .number = 13,
               .step = RunStep::Execute,
               .last_line = {}},
      LogRecord{.severity = Severity::Debug, .dropped = 3, .text = "one\ntwo"},
      TrackReport{},
      TrackReport{{{vrrp::TrackKind::Check, "nginx", {vrrp::TrackState::Fails, false, 0, "no"}},
                   {vrrp::TrackKind::File, "/run/w", {vrrp::TrackState::Holds, true, -40, {}}}}}};
}

TEST(Message, EveryKindComesBackAsItWasSent) {
  for (const Message& message : examples()) {
    const auto decoded = decode(encode(message));
    ASSERT_TRUE(decoded.has_value()) << "kind " << message.index();
    EXPECT_EQ(*decoded, message) << "kind " << message.index();
  }
}

TEST(Message, BytesOnTheWire) {
  EXPECT_EQ(encode(TrackReport{}), bytes({9, 0}));
  EXPECT_EQ(encode(Configure{.generation = 0x01020304}), bytes({1, 4, 3, 2, 1, 1}));
  EXPECT_EQ(encode(Ping{.sequence = 5}), bytes({2, 5, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(encode(Configured{.generation = 2, .problem = "no"}),
            bytes({64, 2, 0, 0, 0, 2, 0, 'n', 'o'}));
  EXPECT_EQ(
      encode(CheckReport{.generation = 1,
                         .first_round_done = true,
                         .outcomes = {{.id = 258,
                                       .reason = checks::Reason::ConnectRefused,
                                       .detail = "x",
                                       .latency = 256ns}}}),
      bytes({66, 1, 0, 0, 0, 1, 1, 0, 2, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'x'}));
}

TEST(Message, EveryShorterDatagramIsTruncated) {
  for (const Message& message : examples()) {
    const auto whole = encode(message);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const auto decoded = decode(std::span(whole).first(length));
      ASSERT_FALSE(decoded.has_value());
      EXPECT_EQ(decoded.error(), MessageError::Truncated);
    }
  }
}

TEST(Message, OneOctetMoreIsRefused) {
  for (const Message& message : examples()) {
    auto longer = encode(message);
    longer.push_back(std::byte{0});
    EXPECT_EQ(decode(longer), tl::make_unexpected(MessageError::TrailingBytes));
  }
}

TEST(Message, ValuesOutOfRangeAreRefused) {
  const auto refused = [](std::initializer_list<int> octets) {
    return decode(bytes(octets)) == tl::make_unexpected(MessageError::BadValue);
  };
  EXPECT_TRUE(refused({66, 1, 0, 0, 0, 2, 0, 0}));              // a boolean of 2
  EXPECT_TRUE(refused({66, 1, 0, 0, 0, 0, 1, 1}));              // 257 outcomes
  EXPECT_TRUE(refused({67, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));  // severity 4
  EXPECT_TRUE(refused({64, 0, 0, 0, 0, 1, 16}));                // a problem of 4097 octets
  // reason 200; latency of 2^63 ns; a detail of 121 octets
  EXPECT_TRUE(
      refused({66, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(
      refused({66, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 0}));
  EXPECT_TRUE(
      refused({66, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 121}));
}

TEST(Message, ARunNamesNothingThatIsNotInAList) {
  const auto run =
      encode(RunRequest{.run = 1, .program = 2, .settings = {{Variable::State, "up"}}});
  EXPECT_EQ(run, bytes({8, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 4, 2, 0, 'u', 'p'}));
  const auto with = [&](std::size_t at, int value) {
    auto changed = run;
    changed.at(at) = static_cast<std::byte>(value);
    return decode(changed);
  };
  EXPECT_EQ(with(13, 14), tl::make_unexpected(MessageError::BadValue)) << "settings";
  EXPECT_EQ(with(14, 13), tl::make_unexpected(MessageError::BadValue)) << "a variable";
  EXPECT_EQ(with(16, 128), tl::make_unexpected(MessageError::BadValue)) << "octets of a value";
}

TEST(Message, UnknownKindIsRefused) {
  EXPECT_EQ(decode(bytes({0})), tl::make_unexpected(MessageError::UnknownKind));
  EXPECT_EQ(decode(bytes({255, 1, 2})), tl::make_unexpected(MessageError::UnknownKind));
}

TEST(Message, TooLongADatagramIsRefused) {
  const std::vector<std::byte> huge(kMaxDatagram + 1);
  EXPECT_EQ(decode(huge), tl::make_unexpected(MessageError::TooLong));
}

TEST(Message, TheBiggestReportFitsADatagram) {
  CheckReport report;
  report.outcomes.assign(kMaxOutcomes, {.id = ~0U,
                                        .reason = checks::Reason::LocalError,
                                        .detail = std::string(checks::kMaxDetail, 'x'),
                                        .latency = checks::Duration::max()});
  const auto encoded = encode(report);
  EXPECT_LE(encoded.size(), kMaxDatagram);
  EXPECT_EQ(decode(encoded), Message(report));

  report.outcomes.emplace_back();
  EXPECT_THROW((void)encode(report), std::length_error);
}

TEST(Message, TheBiggestRunFitsADatagram) {
  // Of the addresses, with others of far more than a name has.
  RunRequest run{.run = 1, .program = 2, .settings = all_settings(std::string(2000, 'v'))};
  run.settings.back().value.assign(kMaxValue, 'v');
  const auto encoded = encode(run);
  EXPECT_LE(encoded.size(), kMaxDatagram);
  EXPECT_EQ(decode(encoded), Message(run));
  run.settings.back().value += 'v';
  EXPECT_THROW((void)encode(run), std::length_error);
  run.settings = all_settings("v");
  run.settings.emplace_back();
  EXPECT_THROW((void)encode(run), std::length_error);
  const auto ended = decode(encode(RunEnded{.last_line = std::string(kMaxLine + 1, 'l')}));
  ASSERT_TRUE(ended);
  EXPECT_EQ(std::get<RunEnded>(*ended).last_line, std::string(kMaxLine, 'l'));
}

TEST(Message, TheBiggestTrackReportFitsADatagram) {
  TrackReport report;
  const vrrp::NamedTrackResult longest{
      vrrp::TrackKind::Process,
      std::string(vrrp::kMaxTrackName, 'n'),
      {vrrp::TrackState::CannotRun, true, -1, std::string(vrrp::kMaxTrackReason, 'r')}};
  report.tracks.assign(kMaxTracksReported, longest);
  const auto encoded = encode(report);
  EXPECT_LE(encoded.size(), kMaxDatagram);
  EXPECT_EQ(decode(encoded), Message(report));

  report.tracks.push_back(longest);
  EXPECT_THROW((void)encode(report), std::length_error);
  report.tracks.assign(1, longest);
  report.tracks[0].name += 'n';
  EXPECT_THROW((void)encode(report), std::length_error);
}

TEST(Message, AReportWithAllTracksFitsADatagram) {
  InstanceReport report = full_report();
  report.status.tracks.assign(vrrp::kMaxTracksShown,
                              {.kind = vrrp::TrackKind::Process,
                               .name = std::string(vrrp::kMaxTrackName, 'n'),
                               .state = vrrp::TrackState::CannotRun,
                               .reason = std::string(vrrp::kMaxTrackReason, 'r')});
  const auto encoded = encode(report);
  EXPECT_LE(encoded.size(), kMaxDatagram);
  EXPECT_EQ(decode(encoded), Message(report));
}

// A name of the configuration may have 128 octets: what is cut is never found again.
TEST(Message, ALongNameTravelsWhole) {
  InstanceReport report;
  report.status.name = std::string(kMaxName, 'n');
  EXPECT_EQ(decode(encode(report)), Message(report));
  const Command command{.sequence = 1, .verb = Verb::Failover, .instances = {report.status.name}};
  EXPECT_EQ(decode(encode(command)), Message(command));
  report.status.name += 'n';
  EXPECT_THROW((void)encode(report), std::length_error);
}

std::vector<std::string> longest_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    names.push_back(std::string(kMaxName - number.size(), 'n') + number);
  }
  return names;
}

TEST(Message, CommandsAndAnswersOfAnySizeGoInParts) {
  for (const std::size_t count :
       {std::size_t{0}, std::size_t{1}, kMaxNames, kMaxNames + 1, kMaxInstances}) {
    const Command command{.sequence = 7, .verb = Verb::Failover, .instances = longest_names(count)};
    CommandDone done{.sequence = 7, .outcomes = {}};
    for (const std::string& name : command.instances) done.outcomes.push_back({name, {}});
    Parts<Command> commands;
    Parts<CommandDone> answers;
    std::vector<Command> whole_commands;
    std::vector<CommandDone> whole_answers;
    for (const Command& part : parts_of(command)) {
      const auto datagram = encode(part);
      EXPECT_LE(datagram.size(), kMaxDatagram);
      auto whole = commands.take(std::get<Command>(*decode(datagram)));
      if (whole) whole_commands.push_back(std::move(*whole));
    }
    for (const CommandDone& part : parts_of(done)) {
      const auto datagram = encode(part);
      EXPECT_LE(datagram.size(), kMaxDatagram);
      auto whole = answers.take(std::get<CommandDone>(*decode(datagram)));
      if (whole) whole_answers.push_back(std::move(*whole));
    }
    EXPECT_EQ(whole_commands, std::vector{command});
    EXPECT_EQ(whole_answers, std::vector{done});
  }
  EXPECT_THROW((void)encode(Command{.instances = longest_names(kMaxNames + 1)}), std::length_error);
}

TEST(Message, PartsOfAnotherAreForgotten) {
  Parts<Command> parts;
  EXPECT_FALSE(parts.take({.sequence = 1, .more = true, .instances = {"a"}}));
  EXPECT_EQ(parts.take({.sequence = 2, .instances = {"b"}}),
            (Command{.sequence = 2, .instances = {"b"}}));
}

TEST(Message, PartsWithoutAnEndAreBounded) {
  Parts<Command> parts;
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(parts.take({.sequence = 1, .more = true, .instances = longest_names(kMaxNames)}));
  }
  EXPECT_FALSE(parts.take({.sequence = 1, .instances = {"x"}}));
}

TEST(Message, LongTextsAreCutAndNegativeLatencyIsZero) {
  const auto record = decode(encode(LogRecord{.text = std::string(kMaxText + 1, 't')}));
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(std::get<LogRecord>(*record).text.size(), kMaxText);

  CheckReport report;
  report.outcomes.push_back({.detail = std::string(500, 'd'), .latency = -1ns});
  const auto decoded = decode(encode(report));
  ASSERT_TRUE(decoded.has_value());
  const auto& outcome = std::get<CheckReport>(*decoded).outcomes.at(0);
  EXPECT_EQ(outcome.detail.size(), checks::kMaxDetail);
  EXPECT_EQ(outcome.latency, 0ns);
}

// Whatever arrives: decode answers, and what it accepts has no second spelling.
TEST(Message, DamagedDatagramsNeverSurprise) {
  std::mt19937 random(20240229);
  const auto seeds = examples();
  for (int round = 0; round < 20000; ++round) {
    auto datagram = encode(seeds[random() % seeds.size()]);
    for (std::size_t hits = 1 + random() % 3; hits > 0; --hits) {
      datagram[random() % datagram.size()] = static_cast<std::byte>(random());
    }
    if (random() % 4 == 0) datagram.resize(random() % (datagram.size() + 4));
    const auto decoded = decode(datagram);
    if (decoded) {
      ASSERT_EQ(encode(*decoded), datagram);
    }
  }
}

}  // namespace
}  // namespace evenkeel::daemon
