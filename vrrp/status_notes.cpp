#include "vrrp/status_notes.h"

#include <algorithm>
#include <string_view>

namespace evenkeel::vrrp {
namespace {

/// True: `count` has reached a power of ten that `before` had not.
bool is_news(std::uint64_t before, std::uint64_t count) {
  for (std::uint64_t power = 1; power <= count; power *= 10) {
    if (before < power) return true;
    if (power > count / 10) break;
  }
  return false;
}

std::string in_milliseconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) +
         " ms";
}

std::string times(std::uint64_t count) {
  return count == 1 ? "" : " (" + std::to_string(count) + " times)";
}

/// The instance is in a state that no operator has asked for.
bool is_trouble(const InstanceStatus& status) {
  if (status.reason == Reason::AddressConflict) return true;
  return status.state == State::Initialize && status.reason != Reason::Stopped &&
         status.reason != Reason::NotStarted;
}

class Notes {
 public:
  Notes(const InstanceStatus& before, const InstanceStatus& after, const InstanceConfig& config)
      : before_(before), after_(after), config_(config) {}

  std::vector<Note> take() {
    tracks();
    transition();
    lists();
    rivals();
    counters();
    return std::move(notes_);
  }

 private:
  void say(Severity severity, std::string_view text) {
    notes_.push_back({severity, "instance " + after_.name + ": " + std::string(text)});
  }

  void transition() {
    if (before_.state != after_.state || before_.reason != after_.reason) {
      say(is_trouble(after_) ? Severity::Warning : Severity::Info, transition_text());
    } else if (after_.state == State::Backup && after_.master && before_.master != after_.master) {
      say(Severity::Info, "master is " + after_.master->to_string());
    }
    if (after_.has_conflict && !before_.has_conflict) {
      say(Severity::Warning, "somebody else answers for a virtual address, and no master is heard");
    }
  }

  [[nodiscard]] std::string transition_text() const {
    const std::string reason = explanation(after_);
    const bool stays = before_.state == after_.state && after_.state != State::Initialize;
    std::string text = (stays ? "still in " : "entering ") + std::string(to_string(after_.state)) +
                       " state" + (after_.is_leaving ? " with priority 0: " : ": ") + reason;
    if (after_.state == State::Backup && after_.master) {
      text += ", master " + after_.master->to_string();
    }
    if (after_.state == State::Master && !stays) text += addresses_text();
    return text;
  }

  /// ", with 192.0.2.10/24, 192.0.2.11/32": what it takes.
  [[nodiscard]] std::string addresses_text() const {
    constexpr std::size_t kShown = 8;
    std::size_t count = 0;
    std::string text;
    for (const auto* list : {&config_.virtual_addresses, &config_.extra_addresses}) {
      for (const InterfaceAddress& address : *list) {
        if (++count > kShown) continue;
        text += (text.empty() ? ", with " : ", ") + to_string(address);
      }
    }
    return count > kShown ? text + " and " + std::to_string(count - kShown) + " more" : text;
  }

  /// Of those that change something.
  void tracks() {
    for (std::size_t i = 0; i < after_.tracks.size(); ++i) {
      const TrackStatus& each = after_.tracks[i];
      const TrackStatus* const was = track_before(i);
      const std::int32_t applied_before = was == nullptr ? 0 : was->applied;
      const bool was_fault = was != nullptr && was->is_fault;
      if (each.applied == applied_before && each.is_fault == was_fault) continue;
      say(is_trouble(each) ? Severity::Warning : Severity::Info, track_text(each));
    }
    if (before_.is_cut_off == after_.is_cut_off) return;
    if (after_.is_cut_off) {
      say(Severity::Warning, kCutOff);
    } else {
      say(Severity::Info, "this node is not cut off any more: the checks are counted");
    }
  }

  /// Of the track at this place; nothing: it is new. Without a reload in between it has the same
  /// place.
  [[nodiscard]] const TrackStatus* track_before(std::size_t place) const {
    const TrackStatus& now = after_.tracks[place];
    const auto is_it = [&](const TrackStatus& known) {
      return known.kind == now.kind && known.is_of_group == now.is_of_group &&
             known.name == now.name;
    };
    const auto& known = before_.tracks;
    if (place < known.size() && is_it(known[place])) return &known[place];
    const auto found = std::find_if(known.begin(), known.end(), is_it);
    return found == known.end() ? nullptr : &*found;
  }

  /// "check local_nginx fails (connect refused): -30, priority 120"
  [[nodiscard]] std::string track_text(const TrackStatus& track) const {
    std::string text = std::string(name(track.kind)) + " " + track.name + " " +
                       std::string(to_string(track.state));
    if (!track.reason.empty()) text += " (" + track.reason + ")";
    if (track.effect == TrackEffect::Fault) return text;
    text += ": ";
    if (track.applied > 0) text += "+";
    if (track.applied != 0) text += std::to_string(track.applied) + ", ";
    return text + "priority " + std::to_string(after_.priority);
  }

  void lists() {
    const auto& lists = after_.other_lists;
    for (const OtherList& each : lists) {
      const auto& known = before_.other_lists;
      if (std::find(known.begin(), known.end(), each) != known.end()) continue;
      say(Severity::Warning, "another list of addresses is advertised with our virtual " +
                                 ("router ID by " + to_string(each)) + "; ours: " + our_list() +
                                 "; " +
                                 (each.is_ignored ? "ignored: none of them is ours"
                                                  : "it takes part in the election"));
    }
    for (const OtherList& each : before_.other_lists) {
      const bool is_there = std::any_of(lists.begin(), lists.end(), [&](const OtherList& now) {
        return now.source == each.source;
      });
      if (is_there) continue;
      say(Severity::Info,
          each.source.to_string() + " is not heard with another list of addresses any more");
    }
  }

  [[nodiscard]] std::string our_list() const {
    const auto& ours = config_.virtual_addresses;
    std::string text;
    for (std::size_t i = 0; i < std::min(ours.size(), kMaxAddressesShown); ++i) {
      text += (i == 0 ? "" : ", ") + ours[i].address.to_string();
    }
    if (ours.size() <= kMaxAddressesShown) return text;
    return text + " and " + std::to_string(ours.size() - kMaxAddressesShown) + " more";
  }

  /// The same rival in the list of the other status.
  static const Rival* find(const std::vector<Rival>& rivals, const Rival& wanted) {
    const auto found = std::find_if(rivals.begin(), rivals.end(), [&](const Rival& each) {
      return each.mac == wanted.mac && each.source == wanted.source &&
             each.virtual_router_id == wanted.virtual_router_id && each.is_owner == wanted.is_owner;
    });
    return found == rivals.end() ? nullptr : &*found;
  }

  void rivals() {
    for (const Rival& rival : after_.rivals) {
      const Rival* known = find(before_.rivals, rival);
      if (known != nullptr && known->differences == rival.differences) continue;
      say(Severity::Warning, who(rival, config_) + " " + what(rival, config_));
    }
    for (const Rival& rival : before_.rivals) {
      if (find(after_.rivals, rival) != nullptr) continue;
      say(Severity::Info,
          who(rival, config_) + (rival.is_owner ? " is not heard with our address any more"
                                                : " is not heard to differ any more"));
    }
  }

  /// The router that advertises beside this Master, and why it is not the better one.
  [[nodiscard]] std::string lower_priority_text() const {
    if (!after_.last_lower_priority)
      return "another router advertises as master, and is not the better one";
    const Peer& peer = *after_.last_lower_priority;
    std::string text = peer.address.to_string() + " advertises as master too, with priority " +
                       std::to_string(peer.priority);
    if (peer.priority == after_.priority) return text + " as this node, whose address is higher";
    // Ours may have changed since.
    if (peer.priority > after_.priority) return text;
    return text + ", ours is " + std::to_string(after_.priority);
  }

  void count(Severity severity, std::uint64_t InstanceCounters::*member, const std::string& text) {
    const std::uint64_t is = after_.counters.*member;
    if (is_news(before_.counters.*member, is)) say(severity, text + times(is));
  }

  void counters() {
    const InstanceCounters& was = before_.counters;
    const InstanceCounters& is = after_.counters;
    // A delay that has cost this node its place as Master is told each time.
    const bool has_lost_by_it =
        after_.reason == Reason::LateMaster && before_.reason != Reason::LateMaster;
    if (is_news(was.late, is.late) || (has_lost_by_it && is.late > was.late)) {
      say(Severity::Warning, "late by up to " + in_milliseconds(after_.worst_lateness) +
                                 ", an advertisement interval or more" + times(is.late));
    }
    count(Severity::Warning, &InstanceCounters::addresses_put_back,
          "a virtual address has gone, and this program has not removed it: it is put back");
    count(Severity::Warning, &InstanceCounters::lower_priority_answered,
          lower_priority_text() + ": answered as the better one");
    count(Severity::Error, &InstanceCounters::sends_refused,
          "the kernel did not send an advertisement (a firewall rule, no route, longer than an "
          "MTU?)");
    count(Severity::Warning, &InstanceCounters::intervals_clamped,
          "the master advertises an interval out of the range that we learn");
    count(Severity::Warning, &InstanceCounters::priority_zero_ignored,
          "priority 0 from somebody who is not known as the master: ignored");
    for (std::size_t error = 0; error < kDecodeErrors; ++error) {
      if (!is_news(was.dropped[error], is.dropped[error])) continue;
      const auto kind = static_cast<DecodeError>(error);
      if (kind == DecodeError::AddressList && was.dropped[error] == 0) continue;  // lists()
      std::string text = "dropped a packet: " + std::string(to_string(kind));
      if (const auto& source = after_.dropped_from[error]) text += ", from " + source->to_string();
      say(Severity::Warning, text + times(is.dropped[error]));
    }
  }

  const InstanceStatus& before_;
  const InstanceStatus& after_;
  const InstanceConfig& config_;
  std::vector<Note> notes_;
};

}  // namespace

std::vector<Note> notes(const InstanceStatus& before, const InstanceStatus& after,
                        const InstanceConfig& config) {
  return Notes(before, after, config).take();
}

}  // namespace evenkeel::vrrp
