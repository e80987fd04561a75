#include "vrrp/status.h"

namespace evenkeel::vrrp {

std::string to_string(const OtherList& list) {
  std::string text = list.source.to_string();
  std::string_view separator = ": ";
  for (const Address& each : list.addresses) {
    text += separator;
    text += each.to_string();
    separator = ", ";
  }
  if (list.count > list.addresses.size()) {
    text += " and " + std::to_string(list.count - list.addresses.size()) + " more";
  }
  return text;
}

std::string to_string(const TrackStatus& track) {
  std::string text = std::string(name(track.kind)) + " " + track.name;
  if (!track.reason.empty()) text += ": " + track.reason;
  return text;
}

std::string explanation(const InstanceStatus& status) {
  std::string text(to_string(status.reason));
  if (status.reason != Reason::TrackFailed) return text;
  const auto fault = std::find_if(status.tracks.begin(), status.tracks.end(),
                                  [](const TrackStatus& track) { return track.is_fault; });
  return fault == status.tracks.end() ? text : text + ": " + to_string(*fault);
}

}  // namespace evenkeel::vrrp
