// The kernel's balancer of the network namespace that the process is in, over generic netlink and
// /proc/net/ip_vs.
//
// CAP_NET_ADMIN must be effective during every call but read_brief(). Nothing is done before the
// first call; connection.h says what happens when something fails.
#pragma once

#include "ipvs/backend.h"
#include "ipvs/connection.h"

namespace evenkeel::ipvs {

class KernelBackend final : public Backend {
 public:
  /// Services that our types cannot name (codec.h: Unrepresentable) are left out: they cannot be
  /// ours.
  [[nodiscard]] tl::expected<Reading, Error> read() override;
  [[nodiscard]] tl::expected<std::optional<ServiceEntry>, Error> read_service(
      const ServiceKey& key) override;
  [[nodiscard]] tl::expected<BriefReading, Error> read_brief() override;
  [[nodiscard]] tl::expected<std::vector<Refusal>, Error> execute(
      std::span<const Operation> batch) override;
  [[nodiscard]] tl::expected<KernelInfo, Error> info() override;
  [[nodiscard]] tl::expected<Timeouts, Error> timeouts() override;
  [[nodiscard]] tl::expected<void, Error> set_timeouts(const Timeouts& timeouts) override;

 private:
  /// A query whose result must be success.
  [[nodiscard]] tl::expected<void, Error> ask(std::string_view doing, const Connection::Put& put,
                                              const Connection::Visit& visit);
  [[nodiscard]] tl::expected<void, Error> read_destinations(ServiceEntry& entry,
                                                            ServiceCounters& counters);

  Connection connection_;
};

}  // namespace evenkeel::ipvs
