// A gateway that is asked again and again whether it is there, and the result of its track.
//
// Pure: who asks it and hears its answers is gateway_watch.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vrrp/gateway_config.h"
#include "vrrp/track.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

class Gateway {
 public:
  Gateway(GatewayConfig config, TimePoint now) : config_(std::move(config)), ask_at_(now) {}

  [[nodiscard]] const GatewayConfig& config() const { return config_; }
  /// Times or limits of the same gateway. What is known of it stays.
  void reconfigure(const GatewayConfig& config, TimePoint now);

  /// When expire() is due; nothing: it cannot be asked.
  [[nodiscard]] std::optional<TimePoint> deadline() const;
  /// Judges a question that has had its time. True: the next question is to be sent now, and is
  /// awaited from now on.
  [[nodiscard]] bool expire(TimePoint now);
  /// An answer that came after the last question, received at `at`. Later than the timeout it is
  /// none.
  void answered(TimePoint at);
  /// When the question was sent whose answer is awaited; nothing: there is none.
  [[nodiscard]] const std::optional<TimePoint>& asked() const { return asked_; }

  /// The link to it is missing or down: it fails at once, and is not asked. "": it can be asked.
  void set_link_problem(const std::string& problem, TimePoint now);
  /// This node cannot ask, for a fault of its own: the last question was not sent, and nobody waits
  /// for its answer. "": it can.
  void set_refusal(const std::string& refusal);
  /// It is asked from another address or MAC: the answer to the last question may not come here.
  void forget_question(TimePoint now);

  [[nodiscard]] TrackResult result() const;

 private:
  /// Unknown: there was neither an answer nor `fall` questions without one.
  enum class Health : std::uint8_t { Unknown, Holds, Fails };

  void count(bool has_answered);

  GatewayConfig config_;
  Health health_ = Health::Unknown;
  std::uint16_t against_ = 0;  ///< results in a row that speak against the health
  std::optional<TimePoint> asked_;
  TimePoint ask_at_;
  std::string link_problem_;
  std::string refusal_;
};

}  // namespace evenkeel::vrrp
