// How the reconciler finds and repairs changes of the kernel's table by other programs.
#include "daemon/balancer/difference.h"
#include "daemon/balancer/reconciler.h"
#include "ipvs/brief_view.h"

namespace evenkeel::daemon {

namespace {

using Duration = std::chrono::steady_clock::duration;

constexpr std::uint32_t kFullLookEvery = 10;

std::set<ipvs::ServiceKey> keys_of_differing(const ipvs::Table& known, const ipvs::Table& actual) {
  std::set<ipvs::ServiceKey> differing;
  for (const auto& [key, entry] : known) {
    const ipvs::ServiceEntry* found = ipvs::find(actual, key);
    if (found == nullptr || *found != entry) differing.insert(key);
  }
  for (const auto& [key, entry] : actual) {
    if (!known.contains(key)) differing.insert(key);
  }
  return differing;
}

}  // namespace

void Reconciler::has_seen(ipvs::Table table, bool is_brief, TimePoint now) {
  drift_.seen.clear();
  drift_.missing.clear();
  if (phase_ != Phase::Attached) return;
  const ipvs::Table actual = ours(std::move(table));
  const ipvs::Table known = is_brief ? ipvs::brief_view(shadow_) : shadow_;
  std::set<ipvs::ServiceKey> differing = keys_of_differing(known, actual);
  std::erase_if(differing, [&](const ipvs::ServiceKey& key) {
    const bool has_come_or_gone = known.contains(key) != actual.contains(key);
    return (refusals_.contains(key) && !has_come_or_gone) || guard_.contested().contains(key);
  });
  if (differing.empty()) return;
  for (const ipvs::ServiceKey& key : differing) {
    if (known.contains(key) && !actual.contains(key)) drift_.missing.insert(key);
  }
  const ipvs::ServiceKey& first = *differing.begin();
  drift_.seen = ipvs::to_string(first) + ": " +
                difference(ipvs::find(known, first), ipvs::find(actual, first));
  if (differing.size() > 1) {
    drift_.seen += ", and " + std::to_string(differing.size() - 1) + " more";
  }
  if (balancer_.config()->ipvs.drift_interval == Duration::zero()) {
    drift_.seen += "; not repaired, drift_interval is 0";
    return;
  }
  drift_.looks = kFullLookEvery - 1;  // a full one, which finds all that this reading could
  // Repaired at once, but no more often than by the timer: drift_guard.h counts repairs in a time.
  if (!drift_.repaired || now - *drift_.repaired >= balancer_.config()->ipvs.drift_interval)
    drift_.due = now;
}

void Reconciler::look_for_drift(TimePoint now, std::vector<Notice>& notices) {
  drift_.seen.clear();
  drift_.missing.clear();
  drift_.due = now + balancer_.config()->ipvs.drift_interval;
  const bool full = ++drift_.looks % kFullLookEvery == 0;
  if (!full) {
    auto brief = backend_.read_brief();
    if (!brief) return lost(brief.error(), now, notices);
    if (ours(std::move(brief->table)) == ipvs::brief_view(shadow_)) return;
  } else {
    auto reading = backend_.read();
    if (!reading) return lost(reading.error(), now, notices);
    if (ours(std::move(reading->table)) == shadow_) return;
  }
  // The first reading may have raced with another writer: a second one decides.
  auto reading = backend_.read();
  if (!reading) return lost(reading.error(), now, notices);
  repair(ours(std::move(reading->table)), now, notices);
}

void Reconciler::repair(const ipvs::Table& actual, TimePoint now, std::vector<Notice>& notices) {
  std::set<ipvs::ServiceKey> repaired;
  for (const ipvs::ServiceKey& key : keys_of_differing(shadow_, actual)) {
    const bool has_come_or_gone = shadow_.contains(key) != actual.contains(key);
    if (refusals_.contains(key) && !has_come_or_gone) continue;  // its next try reads all anyway
    const bool was_contested = guard_.contested().contains(key);
    const std::string what = difference(ipvs::find(shadow_, key), ipvs::find(actual, key));
    if (guard_.may_repair(key, now)) {
      ++drift_.repairs;
      drift_.repaired = now;
      repaired.insert(key);
      notices.push_back({Severity::Warning, "ipvs: drift: " + ipvs::to_string(key) + ": " + what +
                                                "; somebody else changed it, repairing"});
    } else if (!was_contested) {
      refusals_.forget(key);  // a contested service is not tried again
      notices.push_back(
          {Severity::Error, "ipvs: drift: " + ipvs::to_string(key) + ": " + what +
                                "; repaired 5 times in 10 minutes, giving up: not written "
                                "any more until the next reload; another program writes it "
                                "(keepalived, kube-proxy, ipvsadm?)"});
    }
  }
  shadow_ = actual;
  if (!repaired.empty()) hooks_.attached();  // sysctls go when the module is loaded anew
  plan_services(repaired, now);
}

}  // namespace evenkeel::daemon
