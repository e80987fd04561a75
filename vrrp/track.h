// Tracks: the things that an instance or a sync group follows, and the result of each.
//
// Main judges checks, services, scripts, files, units and processes, and tells this process the
// results; the writer judges interfaces, and the engine asks the gateways.
//
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "daemon/fields/table.h"
#include "daemon/fields/words.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

/// The words are those of the keys: track_checks, track_services, ...
enum class TrackKind : std::uint8_t {
  Check,
  Service,
  Interface,
  Gateway,
  Script,
  File,
  Unit,
  Process
};
constexpr auto words_of(TrackKind) {
  using enum TrackKind;
  return fields::words<TrackKind>({{Check, "check"},
                                   {Service, "service"},
                                   {Interface, "interface"},
                                   {Gateway, "gateway"},
                                   {Script, "script"},
                                   {File, "file"},
                                   {Unit, "unit"},
                                   {Process, "process"}});
}

/// The effect of a track on the instance that follows it.
enum class TrackEffect : std::uint8_t {
  Fault,   ///< while it fails, the instance is in Initialize
  Weight,  ///< a negative weight is subtracted while it fails, a positive one added while it holds
  Number,  ///< the weight times the result's number is added: servers that are down, or with
           ///< weight 1 the integer in a file
};
constexpr auto words_of(TrackEffect) {
  using enum TrackEffect;
  return fields::words<TrackEffect>({{Fault, "fault"}, {Weight, "weight"}, {Number, "number"}});
}

constexpr int kMaxTrackWeight = 253;          ///< a weight is -253..253 and not 0
constexpr std::size_t kMaxTrackName = 255;    ///< octets
constexpr std::size_t kMaxTrackReason = 120;  ///< octets
constexpr std::size_t kMaxTracks = 64;        ///< of an instance or a sync group

struct TrackConfig {
  TrackKind kind = TrackKind::Check;
  /// The name, which with the kind is the track's identity. Of a file: its path; of a process: its
  /// name, arguments and user; of a gateway: its address and interface; of a unit: systemd's name.
  std::string name;
  TrackEffect effect = TrackEffect::Fault;
  std::int16_t weight = 0;  ///< of Weight and Number

  friend bool operator==(const TrackConfig&, const TrackConfig&) = default;
};
constexpr auto fields_of(fields::Of<TrackConfig>) {
  using fields::field;
  using T = TrackConfig;
  return fields::table(field<&T::kind>("kind"), field<&T::name>("name"),
                       field<&T::effect>("effect"), field<&T::weight>("weight"));
}

enum class TrackState : std::uint8_t {
  Unknown,  ///< no result yet: counts as holding, but nobody preempts for it
  Holds,
  Fails,
  CannotRun,  ///< our fault, not that of what is followed: keeps the last value
};
constexpr auto words_of(TrackState) {
  using enum TrackState;
  return fields::words<TrackState>({{Unknown, "unknown"},
                                    {Holds, "holds"},
                                    {Fails, "fails"},
                                    {CannotRun, "cannot_run", "cannot run"}});
}

struct TrackResult {
  TrackState state = TrackState::Unknown;
  bool is_stale = false;    ///< whoever judges it is away: the last known
  std::int32_t number = 0;  ///< of TrackEffect::Number
  std::string reason;       ///< for people: "connect refused"; at most kMaxTrackReason octets

  friend bool operator==(const TrackResult&, const TrackResult&) = default;
};
constexpr auto fields_of(fields::Of<TrackResult>) {
  using fields::field;
  using T = TrackResult;
  return fields::table(field<&T::state>("state"), field<&T::is_stale>("stale"),
                       field<&T::number>("number"),
                       field<&T::reason>("reason", fields::First{kMaxTrackReason}));
}

/// A result, and whose it is.
struct NamedTrackResult {
  TrackKind kind = TrackKind::Check;
  std::string name;
  TrackResult result;

  friend bool operator==(const NamedTrackResult&, const NamedTrackResult&) = default;
};
constexpr auto fields_of(fields::Of<NamedTrackResult>) {
  using fields::field;
  using T = NamedTrackResult;
  return fields::table(field<&T::kind>("kind"),
                       field<&T::name>("name", fields::AtMost{kMaxTrackName}),
                       field<&T::result>("result"));
}

}  // namespace evenkeel::vrrp
