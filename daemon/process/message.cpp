// One octet for the kind, then the fields in the order of their declaration:
//
//   Configure    generation:u32  may_stay:u8(0,1)
//   Ping         sequence:u64
//   Command      sequence:u32  verb:u8  more:u8(0,1)  count:u16  count x { length:u8 name }
//   Configured   generation:u32  length:u16 problem
//   Pong         sequence:u64  late:u64  behind:u32
//   CheckReport  generation:u32  first_round_done:u8(0,1)  count:u16
//                count x { id:u32  reason:u8  latency:u64 (ns)  length:u8 detail }
//   InstanceReport  generation:u32  status (instance_wire.h)
//   CommandDone  sequence:u32  more:u8(0,1)  count:u16  count x { length:u8 name  outcome:u8 }
//   LogRecord    severity:u8  dropped:u64  length:u16 text
#include "daemon/process/message.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <stdexcept>

#include "daemon/process/instance_wire.h"
#include "daemon/process/wire.h"

namespace evenkeel::daemon {
namespace {

enum class Kind : std::uint8_t {
  Configure = 1,
  Ping = 2,
  Command = 3,
  Configured = 64,
  Pong = 65,
  CheckReport = 66,
  LogRecord = 67,
  InstanceReport = 68,
  CommandDone = 69,
};

void put(WireWriter& to, Kind kind) {
  to.u8(static_cast<std::uint8_t>(kind));
}

void put_text(WireWriter& to, std::string_view text) {
  const std::string_view kept = text.substr(0, kMaxText);
  to.u16(static_cast<std::uint16_t>(kept.size()));
  to.octets(kept);
}

void put(WireWriter& to, const checks::CheckOutcome& outcome) {
  const std::string_view detail = std::string_view(outcome.detail).substr(0, kMaxDetail);
  const auto latency = std::chrono::nanoseconds(outcome.latency).count();
  to.u32(outcome.id);
  to.u8(static_cast<std::uint8_t>(outcome.reason));
  to.u64(static_cast<std::uint64_t>(std::max<std::int64_t>(latency, 0)));
  to.u8(static_cast<std::uint8_t>(detail.size()));
  to.octets(detail);
}

struct Encoder {
  WireWriter to;

  void operator()(const Configure& message) {
    put(to, Kind::Configure);
    to.u32(message.generation);
    to.u8(message.may_stay ? 1 : 0);
  }
  void operator()(const Ping& message) {
    put(to, Kind::Ping);
    to.u64(message.sequence);
  }
  void operator()(const Command& message) {
    if (message.instances.size() > kMaxNames) throw std::length_error("command not split");
    put(to, Kind::Command);
    to.u32(message.sequence);
    to.u8(static_cast<std::uint8_t>(message.verb));
    to.u8(message.more ? 1 : 0);
    to.u16(static_cast<std::uint16_t>(message.instances.size()));
    for (const std::string& name : message.instances) put_name(to, name);
  }
  void operator()(const Configured& message) {
    put(to, Kind::Configured);
    to.u32(message.generation);
    put_text(to, message.problem);
  }
  void operator()(const Pong& message) {
    put(to, Kind::Pong);
    to.u64(message.sequence);
    to.u64(message.late);
    to.u32(message.behind);
  }
  void operator()(const CheckReport& message) {
    if (message.outcomes.size() > kMaxOutcomes) throw std::length_error("check report not split");
    put(to, Kind::CheckReport);
    to.u32(message.generation);
    to.u8(message.first_round_done ? 1 : 0);
    to.u16(static_cast<std::uint16_t>(message.outcomes.size()));
    for (const auto& outcome : message.outcomes) put(to, outcome);
  }
  void operator()(const InstanceReport& message) {
    put(to, Kind::InstanceReport);
    to.u32(message.generation);
    put_status(to, message.status);
  }
  void operator()(const CommandDone& message) {
    if (message.outcomes.size() > kMaxNames) throw std::length_error("answer not split");
    put(to, Kind::CommandDone);
    to.u32(message.sequence);
    to.u8(message.more ? 1 : 0);
    to.u16(static_cast<std::uint16_t>(message.outcomes.size()));
    for (const InstanceOutcome& each : message.outcomes) {
      put_name(to, each.instance);
      to.u8(static_cast<std::uint8_t>(each.outcome));
    }
  }
  void operator()(const LogRecord& message) {
    put(to, Kind::LogRecord);
    to.u8(static_cast<std::uint8_t>(message.severity));
    to.u64(message.dropped);
    put_text(to, message.text);
  }
};

/// The reader's failure is Truncated and looked at once, at the end; a value that is there and
/// wrong is BadValue and remembered here.
class Decoder {
 public:
  explicit Decoder(std::span<const std::byte> bytes) : from_(bytes) {}

  tl::expected<Message, MessageError> decode() {
    auto message = body(from_.u8());
    if (from_.has_failed()) return tl::unexpected(MessageError::Truncated);
    if (!message) return tl::unexpected(MessageError::UnknownKind);
    if (bad_value_) return tl::unexpected(MessageError::BadValue);
    if (from_.remaining() > 0) return tl::unexpected(MessageError::TrailingBytes);
    return std::move(*message);
  }

 private:
  std::optional<Message> body(std::uint8_t kind) {
    switch (static_cast<Kind>(kind)) {
      case Kind::Configure:
        return configure();
      case Kind::Ping:
        return Ping{.sequence = from_.u64()};
      case Kind::Command:
        return command();
      case Kind::Configured:
        return configured();
      case Kind::Pong:
        return pong();
      case Kind::CheckReport:
        return check_report();
      case Kind::LogRecord:
        return log_record();
      case Kind::InstanceReport:
        return instance_report();
      case Kind::CommandDone:
        return command_done();
    }
    return std::nullopt;
  }

  Configure configure() {
    Configure message;
    message.generation = from_.u32();
    message.may_stay = up_to(1, from_.u8()) == 1;
    return message;
  }

  Command command() {
    Command message;
    message.sequence = from_.u32();
    message.verb = static_cast<Verb>(up_to(static_cast<std::uint8_t>(Verb::Ready), from_.u8()));
    message.more = up_to(1, from_.u8()) == 1;
    const auto count = up_to(kMaxNames, from_.u16());
    for (std::uint64_t i = 0; i < count && !from_.has_failed(); ++i) {
      message.instances.push_back(name());
    }
    return message;
  }

  InstanceReport instance_report() {
    InstanceReport message;
    message.generation = from_.u32();
    auto status = take_status(from_);
    if (status) {
      message.status = std::move(*status);
    } else {
      bad_value_ = true;
    }
    return message;
  }

  CommandDone command_done() {
    CommandDone message;
    message.sequence = from_.u32();
    message.more = up_to(1, from_.u8()) == 1;
    const auto count = up_to(kMaxNames, from_.u16());
    for (std::uint64_t i = 0; i < count && !from_.has_failed(); ++i) {
      InstanceOutcome each;
      each.instance = name();
      each.outcome = static_cast<vrrp::FailoverOutcome>(
          up_to(static_cast<std::uint8_t>(vrrp::FailoverOutcome::Unknown), from_.u8()));
      message.outcomes.push_back(std::move(each));
    }
    return message;
  }

  Configured configured() {
    Configured message;
    message.generation = from_.u32();
    message.problem = text();
    return message;
  }

  Pong pong() {
    Pong message;
    message.sequence = from_.u64();
    message.late = from_.u64();
    message.behind = from_.u32();
    return message;
  }

  CheckReport check_report() {
    CheckReport message;
    message.generation = from_.u32();
    message.first_round_done = up_to(1, from_.u8()) == 1;
    const auto count = up_to(kMaxOutcomes, from_.u16());
    message.outcomes.reserve(count);
    for (std::uint64_t i = 0; i < count && !from_.has_failed(); ++i) {
      message.outcomes.push_back(outcome());
    }
    return message;
  }

  checks::CheckOutcome outcome() {
    checks::CheckOutcome outcome;
    outcome.id = from_.u32();
    const auto reason = fields::from_number<checks::Reason>(from_.u8());
    if (!reason) bad_value_ = true;
    outcome.reason = reason.value_or(checks::Reason::LocalError);
    outcome.latency = std::chrono::nanoseconds(
        static_cast<std::int64_t>(up_to(std::numeric_limits<std::int64_t>::max(), from_.u64())));
    outcome.detail = from_.octets(up_to(kMaxDetail, from_.u8()));
    return outcome;
  }

  LogRecord log_record() {
    LogRecord message;
    message.severity =
        static_cast<LogSeverity>(up_to(static_cast<std::uint8_t>(LogSeverity::Debug), from_.u8()));
    message.dropped = from_.u64();
    message.text = text();
    return message;
  }

  std::string name() { return from_.octets(up_to(kMaxInstanceName, from_.u8())); }

  std::string text() { return from_.octets(up_to(kMaxText, from_.u16())); }

  std::uint64_t up_to(std::uint64_t limit, std::uint64_t value) {
    if (value <= limit) return value;
    bad_value_ = true;
    return 0;
  }

  WireReader from_;
  bool bad_value_ = false;
};

}  // namespace

std::vector<std::byte> encode(const Message& message) {
  Encoder encoder;
  std::visit(encoder, message);
  return encoder.to.take();
}

tl::expected<Message, MessageError> decode(std::span<const std::byte> datagram) {
  if (datagram.size() > kMaxDatagram) return tl::unexpected(MessageError::TooLong);
  return Decoder(datagram).decode();
}

}  // namespace evenkeel::daemon
