// The track_... lists of [[vrrp.instance]] and [[vrrp.sync_group]]: what is followed, and what each
// name stands for.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "daemon/config/parse_check.h"
#include "daemon/config/parse_script.h"
#include "daemon/config/parse_service.h"
#include "daemon/config/track_keys.h"
#include "daemon/config/tracked.h"
#include "daemon/config/written.h"

namespace evenkeel::daemon {

class TrackParser {
 public:
  /// `checks`, `scripts`, `services`: the names that tracks may follow; they outlive the parser.
  TrackParser(const CheckCatalogue& checks, const ScriptCatalogue& scripts,
              const std::vector<ParsedService>& services, Context& context)
      : checks_(checks), scripts_(scripts), services_(services), context_(context) {}

  /// The lists of one instance or group, in the order of the kinds. A list with a mistake is
  /// refused, and what could be read of it is not there.
  template <typename Table>
  [[nodiscard]] std::vector<vrrp::TrackConfig> parse(Written<Table>& owner) {
    std::vector<vrrp::TrackConfig> tracks;
    for_each_track_kind([&]<vrrp::TrackKind kind>(std::integral_constant<vrrp::TrackKind, kind>) {
      constexpr KeyOf<Table> kKey(TrackRows<kind>::list.data());
      std::vector<vrrp::TrackConfig> list;
      const std::vector<PlacedTable> entries = owner.tables(kKey, "[{ ... }, ...]");
      for (const PlacedTable& entry : entries) {
        const std::size_t errors_before = context_.diagnostics.error_count();
        Written<TrackEntry<kind>> written(entry, context_);
        TrackEntry<kind> read;
        written.take(read);
        if (context_.diagnostics.error_count() != errors_before) continue;
        if (auto track = add(written, read)) list.push_back(std::move(*track));
      }
      if (list.size() != size_of(owner.node(kKey))) {
        owner.refuse(kKey);
        return;
      }
      tracks.insert(tracks.end(), list.begin(), list.end());
    });
    return tracks;
  }

  /// The gateways that are followed. Once, at the end.
  [[nodiscard]] std::vector<vrrp::GatewayConfig> take_gateways() { return std::move(gateways_); }
  /// Everything that is followed and that main judges. Once, at the end.
  [[nodiscard]] Tracked take() { return std::move(tracked_); }

 private:
  template <vrrp::TrackKind kind>
  using Entry = Written<TrackEntry<kind>>;
  using Track = std::optional<vrrp::TrackConfig>;

  Track add(const Entry<vrrp::TrackKind::Check>& written,
            const TrackEntry<vrrp::TrackKind::Check>& entry);
  Track add(const Entry<vrrp::TrackKind::Service>& written,
            const TrackEntry<vrrp::TrackKind::Service>& entry);
  Track add(const Entry<vrrp::TrackKind::Interface>& written,
            const TrackEntry<vrrp::TrackKind::Interface>& entry);
  Track add(const Entry<vrrp::TrackKind::Gateway>& written,
            const TrackEntry<vrrp::TrackKind::Gateway>& entry);
  Track add(const Entry<vrrp::TrackKind::Script>& written,
            const TrackEntry<vrrp::TrackKind::Script>& entry);
  Track add(const Entry<vrrp::TrackKind::File>& written,
            const TrackEntry<vrrp::TrackKind::File>& entry);
  Track add(const Entry<vrrp::TrackKind::Unit>& written,
            const TrackEntry<vrrp::TrackKind::Unit>& entry);
  Track add(const Entry<vrrp::TrackKind::Process>& written,
            const TrackEntry<vrrp::TrackKind::Process>& entry);
  void warn_of_shared(const std::string& what, Place place, const std::string& message);
  [[nodiscard]] static std::size_t size_of(const toml::node* list);

  const CheckCatalogue& checks_;
  const ScriptCatalogue& scripts_;
  const std::vector<ParsedService>& services_;
  Context& context_;
  Tracked tracked_;
  std::vector<vrrp::GatewayConfig> gateways_;
  std::map<std::string, std::size_t> known_services_;                    ///< places in tracked_
  std::map<std::string, std::pair<bool, Place>> known_files_;            ///< a number; where
  std::map<std::string, std::pair<std::size_t, Place>> known_gateways_;  ///< in gateways_; where
  std::set<std::string> known_checks_, known_units_, known_processes_, warned_;
};

/// "haproxy -f /etc/haproxy.cfg (user haproxy)": no two that differ have the same.
[[nodiscard]] std::string process_track_name(const std::string& name,
                                             const std::vector<std::string>& arguments,
                                             const std::string& user);

}  // namespace evenkeel::daemon
