// What the tests of the reconciler share: a kernel that is a model, and the turns of main's loop.
#pragma once

#include <algorithm>
#include <cerrno>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/balancer/reconciler.h"
#include "ipvs/brief_view.h"
#include "ipvs/plan.h"
#include "tests/daemon/balancer/sample.h"

namespace evenkeel::daemon {

using namespace std::chrono_literals;
using ipvs::OperationKind;

/// The kernel's table as the reference model keeps it, with what the tests need to go wrong.
class ModelKernel : public ipvs::Backend {
 public:
  tl::expected<ipvs::Reading, ipvs::Error> read() override {
    ++reads;
    if (auto error = failure()) return tl::unexpected(*error);
    if (std::exchange(time_out_once, false)) {
      return tl::unexpected(ipvs::Error{.kind = ipvs::ErrorKind::TimedOut, .message = "no answer"});
    }
    return ipvs::Reading{.table = table, .counters = {}};
  }
  tl::expected<ipvs::BriefReading, ipvs::Error> read_brief() override {
    if (auto error = failure()) return tl::unexpected(*error);
    return ipvs::BriefReading{.table = ipvs::brief_view(table), .counters = {}};
  }
  tl::expected<std::vector<ipvs::Refusal>, ipvs::Error> execute(
      std::span<const ipvs::Operation> batch) override {
    if (auto error = failure()) return tl::unexpected(*error);
    ++attempts;
    if (takes_nothing) {
      return tl::unexpected(ipvs::Error{.errno_value = EMSGSIZE, .message = "too long"});
    }
    EXPECT_LE(batch.size(), kBatch);
    batches.push_back(batch.size());
    std::vector<ipvs::Refusal> refusals;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      done.push_back(batch[i]);
      const bool is_about_service =
          batch[i].kind == OperationKind::AddService || batch[i].kind == OperationKind::SetService;
      const bool unknown = is_about_service && batch[i].service.scheduler == unknown_scheduler;
      const bool refused = batch[i].kind == OperationKind::AddDestination &&
                           batch[i].destination.key == refused_destination;
      const int errno_value = refused ? EINVAL : refuse ? refuse(batch[i]) : 0;
      if (errno_value != 0) {
        refusals.push_back({.index = i, .errno_value = errno_value, .message = "refused"});
      } else if (unknown || !ipvs::apply(table, batch[i])) {
        const bool exists = batch[i].kind == OperationKind::AddService ||
                            batch[i].kind == OperationKind::AddDestination;
        const bool has_service = table.contains(batch[i].service.key);
        const int code = unknown ? ENOENT : !has_service ? ESRCH : exists ? EEXIST : ENOENT;
        refusals.push_back(
            {.index = i, .errno_value = code, .message = ipvs::to_string(batch[i]) + ": refused"});
      }
    }
    if (std::exchange(lose_answer_once, false) || loses_answers) {
      return tl::unexpected(ipvs::Error{.kind = ipvs::ErrorKind::TimedOut, .message = "no answer"});
    }
    return refusals;
  }
  tl::expected<ipvs::KernelInfo, ipvs::Error> info() override {
    if (auto error = failure()) return tl::unexpected(*error);
    return ipvs::KernelInfo{.version = 0x010201, .connection_table_size = 4096};
  }
  tl::expected<ipvs::Timeouts, ipvs::Error> timeouts() override { return ipvs::Timeouts{}; }
  tl::expected<void, ipvs::Error> set_timeouts(const ipvs::Timeouts&) override { return {}; }

  [[nodiscard]] std::optional<ipvs::Error> failure() const {
    if (loaded) return std::nullopt;
    return ipvs::Error{
        .kind = ipvs::ErrorKind::NotLoaded, .errno_value = ENOENT, .message = "no ip_vs"};
  }

  ipvs::Table table;
  std::vector<ipvs::Operation> done;
  std::vector<std::size_t> batches;
  std::string unknown_scheduler = "nonsense";
  std::optional<ipvs::DestinationKey> refused_destination;
  std::function<int(const ipvs::Operation&)> refuse;  ///< an errno; 0 = the model decides
  bool loaded = true;
  bool time_out_once = false;     ///< the next read
  bool lose_answer_once = false;  ///< of what is executed next
  bool loses_answers = false;     ///< of whatever is executed
  bool takes_nothing = false;     ///< reads work, batches do not
  int reads = 0;
  int attempts = 0;  ///< to execute a batch
};

class ReconcilerTest : public testing::Test {
 protected:
  ReconcilerTest()
      : reconciler_(kernel_, balancer_,
                    {.remember = [this](const auto& owned) { remembered_.push_back(owned); },
                     .attached = [this] { ++attached_; }}) {}

  void configure(std::vector<ServiceConfig> services, bool exclusive = false,
                 OnStop on_stop = OnStop::Keep) {
    auto config = std::make_shared<Config>(*sample::config(std::move(services)));
    config->ipvs.exclusive = exclusive;
    config->ipvs.on_stop = on_stop;
    static_cast<void>(balancer_.configure(config, TimePoint()));
    reconciler_.configured(now_);
  }
  /// Steps until nothing is due at this moment.
  std::vector<Notice> settle() {
    std::vector<Notice> all;
    for (int i = 0; i < 200 && reconciler_.next_step(now_) <= now_; ++i) {
      for (Notice& notice : reconciler_.step(now_)) all.push_back(std::move(notice));
    }
    EXPECT_GT(reconciler_.next_step(now_), now_) << "does not come to rest";
    return all;
  }
  std::vector<Notice> wait(std::chrono::seconds time) {
    now_ += time;
    return settle();
  }
  Snapshot described() const {
    Snapshot snapshot;
    reconciler_.describe(snapshot);
    return snapshot;
  }

  ModelKernel kernel_;
  Balancer balancer_;
  std::vector<Reconciler::OwnedServices> remembered_;
  int attached_ = 0;
  std::chrono::steady_clock::time_point now_{1000s};
  Reconciler reconciler_;
};

}  // namespace evenkeel::daemon
