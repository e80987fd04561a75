#include "daemon/balancer/reconciler.h"

#include <algorithm>
#include <utility>

#include "ipvs/plan.h"
#include "ipvs/refusal.h"
#include "ipvs/remove_table.h"

namespace evenkeel::daemon {

namespace {

using namespace std::chrono_literals;
using Duration = std::chrono::steady_clock::duration;

/// A change of a scheduler waits for an RCU grace period (about 17 ms) under a global mutex: few a
/// batch.
constexpr std::size_t kSlowPerBatch = 8;

}  // namespace

Reconciler::Reconciler(ipvs::Backend& backend, Balancer& balancer, Hooks hooks)
    : backend_(backend), balancer_(balancer), hooks_(std::move(hooks)) {}

void Reconciler::previously_owned(OwnedServices services) {
  previously_owned_ = std::move(services);
}

bool Reconciler::is_ours(const ipvs::ServiceKey& key) const {
  return balancer_.config()->ipvs.exclusive || owned_.contains(key);
}

ipvs::Table Reconciler::ours(ipvs::Table table) {
  foreign_ = 0;
  std::erase_if(table, [this](const auto& entry) {
    if (is_ours(entry.first)) return false;
    ++foreign_;
    return true;
  });
  return table;
}

void Reconciler::own_configured() {
  OwnedServices owned = previously_owned_;
  for (const ipvs::ServiceKey& key : owned_) {
    // With `exclusive` the set also has services of other programs. A batch whose exchange failed
    // may have been applied.
    if (is_unsure_ || shadow_.contains(key)) owned.insert(key);
  }
  for (const ServiceConfig& service : balancer_.config()->services) {
    owned.insert(service.service.key);
  }
  if (owned == owned_) return;
  owned_ = std::move(owned);
  hooks_.remember(owned_);
}

void Reconciler::configured(TimePoint now) {
  const bool exclusive = balancer_.config()->ipvs.exclusive;
  const auto& services = balancer_.config()->services;
  // A service that becomes ours now may be in the kernel already, with connections: read first.
  const bool has_gained =
      exclusive != was_exclusive_ ||
      std::any_of(services.begin(), services.end(), [this](const ServiceConfig& service) {
        return !owned_.contains(service.service.key);
      });
  was_exclusive_ = exclusive;
  own_configured();
  if (has_gained && phase_ == Phase::Attached) {
    phase_ = Phase::Reread;
    attempt_.reset();
    is_unsure_ = true;
  }
  if (phase_ != Phase::Attached) attempt_.reset();
  drop_plan();
  refusals_.forget();
  guard_.forget();
  dirty_all_ = true;
  const Duration interval = balancer_.config()->ipvs.drift_interval;
  drift_.due.reset();
  if (interval > Duration::zero()) {
    // An operator who reloads expects the kernel to be right afterwards: look at once.
    drift_.due = phase_ == Phase::Attached ? now : now + interval;
  }
}

bool Reconciler::is_needed() const {
  return balancer_.config()->ipvs.exclusive || !owned_.empty();
}

Reconciler::TimePoint Reconciler::next_step(TimePoint now) const {
  if (phase_ == Phase::Detached && !is_needed()) return TimePoint::max();
  if (phase_ != Phase::Attached) return attempt_.value_or(now);
  if (!queue_.empty() || dirty_all_ || balancer_.is_dirty()) return now;
  const TimePoint next = refusals_.next_due();
  return drift_.due ? std::min(next, *drift_.due) : next;
}

bool Reconciler::is_settled() const {
  return phase_ == Phase::Attached && queue_.empty() && !dirty_all_ && !balancer_.is_dirty();
}

std::vector<Notice> Reconciler::step(TimePoint now) {
  std::vector<Notice> notices;
  if (next_step(now) > now) return notices;
  if (phase_ == Phase::Detached) {
    attach(now, notices);
  } else if (phase_ == Phase::Reread) {
    reread(now, notices);
  } else if (!queue_.empty()) {
    execute(now, notices);
  } else if (dirty_all_ || balancer_.is_dirty()) {
    plan_dirty(now);
    if (queue_.empty()) settled(now, notices);
  } else if (refusals_.next_due() <= now) {
    phase_ = Phase::Reread;
    attempt_.reset();
  } else {
    look_for_drift(now, notices);
  }
  return notices;
}

void Reconciler::plan_tables(ipvs::Table wanted, ipvs::Table actual, TimePoint now) {
  // A service that the kernel refuses to add, or to remove, waits as a whole.
  std::set<ipvs::ServiceKey> skipped = guard_.contested();
  const auto skip_if_waiting = [&](ipvs::OperationKind kind, const ipvs::Service& service) {
    const ipvs::Operation operation{.kind = kind, .service = service, .destination = {}};
    if (refusals_.is_waiting(operation, now)) skipped.insert(service.key);
  };
  for (const auto& [key, entry] : wanted) {
    if (!actual.contains(key)) skip_if_waiting(ipvs::OperationKind::AddService, entry.service);
  }
  for (const auto& [key, entry] : actual) {
    if (!wanted.contains(key)) skip_if_waiting(ipvs::OperationKind::RemoveService, entry.service);
  }
  const auto is_skipped = [&skipped](const auto& entry) { return skipped.contains(entry.first); };
  std::erase_if(wanted, is_skipped);
  std::erase_if(actual, is_skipped);
  for (const ipvs::Table* table : {&wanted, &actual}) {
    for (const auto& [key, entry] : *table) refusals_.trying(key, now);
  }
  for (ipvs::Operation& operation : ipvs::plan(wanted, actual)) {
    if (!refusals_.is_waiting(operation, now)) queue_.push_back(std::move(operation));
  }
}

void Reconciler::plan_services(const std::set<ipvs::ServiceKey>& keys, TimePoint now) {
  ipvs::Table wanted;
  ipvs::Table actual;
  const auto& services = balancer_.config()->services;
  for (std::size_t i = 0; i < services.size(); ++i) {
    const ipvs::ServiceKey& key = services[i].service.key;
    if (keys.contains(key)) wanted.emplace(key, balancer_.wanted_service(i));
  }
  for (const ipvs::ServiceKey& key : keys) {
    const auto found = shadow_.find(key);
    if (found != shadow_.end()) actual.insert(*found);
  }
  plan_tables(std::move(wanted), std::move(actual), now);
}

void Reconciler::plan_dirty(TimePoint now) {
  const std::set<std::size_t> dirty = balancer_.take_dirty();
  if (std::exchange(dirty_all_, false)) {
    ipvs::Table wanted = balancer_.wanted();
    refusals_.forget_unless(
        [&](const ipvs::ServiceKey& key) { return wanted.contains(key) || shadow_.contains(key); });
    plan_tables(std::move(wanted), shadow_, now);
    return refusals_.forget_untried(now);
  }
  std::set<ipvs::ServiceKey> keys;
  for (const std::size_t service : dirty) {
    keys.insert(balancer_.config()->services[service].service.key);
  }
  plan_services(keys, now);
}

void Reconciler::lost(const ipvs::Error& error, TimePoint now, std::vector<Notice>& notices) {
  last_exchange_.error = error.kind;
  last_exchange_.detail = error.message;
  drop_plan();
  const bool is_gone =
      error.kind == ipvs::ErrorKind::NotLoaded || error.kind == ipvs::ErrorKind::NotPermitted;
  if (error.kind == ipvs::ErrorKind::NotLoaded) {
    shadow_.clear();
    is_unsure_ = false;  // nothing is there
  } else if (phase_ != Phase::Detached) {
    is_unsure_ = true;
  }
  // A reconciler that was never attached has still to adopt the table, and to set the sysctls.
  if (is_gone) {
    phase_ = Phase::Detached;
  } else if (phase_ != Phase::Detached) {
    phase_ = Phase::Reread;
  }
  backoff_ = next_backoff(backoff_);
  attempt_ = now + backoff_;
  if (std::exchange(last_exchange_.told, error.message) != error.message) {
    const bool is_needed = !balancer_.config()->services.empty();
    notices.push_back({is_needed ? Severity::Error : Severity::Info,
                       "ipvs: " + error.message +
                           (is_needed ? "; trying again" : "; no virtual service needs it")});
  }
}

void Reconciler::attach(TimePoint now, std::vector<Notice>& notices) {
  const auto info = backend_.info();
  if (!info) return lost(info.error(), now, notices);
  connection_table_size_ = info->connection_table_size;
  hooks_.attached();
  own_configured();
  auto reading = backend_.read();
  if (!reading) return lost(reading.error(), now, notices);
  shadow_ = ours(std::move(reading->table));
  balancer_.adopt(shadow_, now);
  is_unsure_ = false;
  refusals_.forget();  // of another table
  has_read();
  std::size_t destinations = 0;
  for (const auto& [key, entry] : shadow_) destinations += entry.destinations.size();
  notices.push_back({Severity::Info, "ipvs: the kernel holds " + std::to_string(shadow_.size()) +
                                         " services of ours with " + std::to_string(destinations) +
                                         " destinations, and " + std::to_string(foreign_) +
                                         " foreign services"});
}

void Reconciler::reread(TimePoint now, std::vector<Notice>& notices) {
  hooks_.attached();  // the module may have been loaded anew; right values are not written
  auto reading = backend_.read();
  if (!reading) return lost(reading.error(), now, notices);
  ipvs::Table actual = ours(std::move(reading->table));
  ipvs::Table found;  // ours, and not written by this run: adopted as at a start
  for (const auto& [key, entry] : actual) {
    if (!shadow_.contains(key)) found.emplace(key, entry);
  }
  balancer_.adopt(found, now);
  if (std::exchange(is_unsure_, false)) {
    shadow_ = std::move(actual);
  } else {
    repair(actual, now, notices);
  }
  has_read();
}

void Reconciler::has_read() {
  phase_ = Phase::Attached;
  attempt_.reset();
  last_exchange_.detail.clear();
  drift_.seen.clear();
  drift_.missing.clear();
  dirty_all_ = true;
}

void Reconciler::drop_plan() {
  queue_.clear();
  refusals_.plan_dropped();
}

std::size_t Reconciler::batch_size() const {
  std::size_t size = 0;
  std::size_t slow = 0;
  for (const ipvs::Operation& operation : queue_) {
    if (size == ipvs::Backend::kBatch) break;
    if (operation.kind == ipvs::OperationKind::SetService) {
      const ipvs::ServiceEntry* held = ipvs::find(shadow_, operation.service.key);
      const bool waits = held != nullptr && held->service.scheduler != "none" &&
                         held->service.scheduler != operation.service.scheduler;
      if (waits && ++slow > kSlowPerBatch) break;
    }
    ++size;
  }
  return size;
}

void Reconciler::execute(TimePoint now, std::vector<Notice>& notices) {
  const std::size_t size = batch_size();
  const std::vector<ipvs::Operation> batch(
      std::make_move_iterator(queue_.begin()),
      std::make_move_iterator(queue_.begin() + static_cast<std::ptrdiff_t>(size)));
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(size));
  sent_.operations += size;
  sent_.unreported += size;
  const auto refusals = backend_.execute(batch);
  if (!refusals) return lost(refusals.error(), now, notices);
  std::map<std::size_t, const ipvs::Refusal*> by_index;
  for (const ipvs::Refusal& refusal : *refusals) by_index.emplace(refusal.index, &refusal);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto refusal = by_index.find(i);
    if (refusal == by_index.end() ||
        ipvs::is_gone_already(batch[i], refusal->second->errno_value)) {
      ipvs::apply(shadow_, batch[i]);
      continue;
    }
    ++sent_.refused;
    if (const auto news = refusals_.refused(batch[i], *refusal->second, now)) {
      notices.push_back({Severity::Error, "ipvs: " + *news});
    }
  }
  if (queue_.empty()) settled(now, notices);
}

void Reconciler::settled(TimePoint now, std::vector<Notice>& notices) {
  refusals_.plan_done();
  // The backoff ends here and not after a reading: some kernels can be read and not written.
  backoff_ = {};
  last_exchange_.told.clear();
  if (sent_.unreported > 0) {
    notices.push_back({Severity::Debug, "ipvs: " + std::to_string(sent_.unreported) +
                                            " operations sent to the kernel"});
    sent_.unreported = 0;
  }
  if (!previously_owned_.empty() || owned_.size() != balancer_.config()->services.size()) {
    previously_owned_.clear();  // its services are gone from the kernel, or configured
    own_configured();
  }
  const Duration interval = balancer_.config()->ipvs.drift_interval;
  if (interval > Duration::zero() && !drift_.due) drift_.due = now + interval;
}

std::vector<Notice> Reconciler::remove_all() {
  std::vector<Notice> notices;
  if (phase_ == Phase::Detached && !is_needed()) return notices;
  const auto fail = [this, &notices](const ipvs::Error& error) {
    if (error.kind == ipvs::ErrorKind::NotLoaded) {  // and nothing is there
      hooks_.remember({});
      return notices;
    }
    notices.push_back(
        {Severity::Error, "ipvs: what is ours stays in the kernel: " + error.message});
    return notices;
  };
  if (phase_ != Phase::Attached) {
    auto reading = backend_.read();
    if (!reading) return fail(reading.error());
    shadow_ = ours(std::move(reading->table));
  }
  const auto remains = ipvs::remove_table(backend_, shadow_);
  if (!remains) return fail(remains.error());
  for (const std::string& why : remains->why) notices.push_back({Severity::Error, "ipvs: " + why});
  shadow_.clear();
  hooks_.remember(remains->services);
  if (remains->services.empty()) {
    notices.push_back({Severity::Info, "ipvs: removed what was ours from the kernel"});
  }
  return notices;
}

void Reconciler::describe(Snapshot& snapshot) const {
  switch (phase_) {
    case Phase::Detached:
      snapshot.kernel = !is_needed()                                         ? KernelState::Unused
                        : !attempt_                                          ? KernelState::Reading
                        : last_exchange_.error == ipvs::ErrorKind::NotLoaded ? KernelState::Missing
                                                                             : KernelState::Failing;
      break;
    case Phase::Reread:
      snapshot.kernel = attempt_ ? KernelState::Failing : KernelState::Reading;
      break;
    case Phase::Attached:
      snapshot.kernel = !guard_.contested().empty() || !drift_.seen.empty() ? KernelState::Drift
                        : !is_settled()                 ? KernelState::Programming
                        : !refusals_.messages().empty() ? KernelState::Refusing
                                                        : KernelState::InSync;
      break;
  }
  snapshot.kernel_detail = last_exchange_.detail.empty() ? drift_.seen : last_exchange_.detail;
  snapshot.connection_table_size = connection_table_size_;
  snapshot.foreign_services = foreign_;
  snapshot.counters.operations = sent_.operations;
  snapshot.counters.refused_operations = sent_.refused;
  snapshot.counters.drift_repairs = drift_.repairs;
  for (const ipvs::ServiceKey& key : guard_.contested()) {
    snapshot.warnings.push_back(
        ipvs::to_string(key) +
        ": another program keeps changing it; not written any more until the next reload");
  }
}

}  // namespace evenkeel::daemon
