// What the cases of ipvs_kernel_test share: tables in short, and a network namespace for each case.
#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "ipvs/kernel_backend.h"

namespace evenkeel::ipvs {

/// What a shell command prints, without the blanks at the ends of its lines.
[[nodiscard]] std::vector<std::string> lines_of(const std::string& command);
[[nodiscard]] std::vector<std::string> saved_by_ipvsadm();

[[nodiscard]] Service service_at(const std::string& address, std::uint16_t port,
                                 const std::string& scheduler = "wlc");
[[nodiscard]] Service service_of_mark(std::uint32_t mark, Family family);
[[nodiscard]] Destination destination_at(
    const std::string& address, std::uint16_t port, std::uint32_t weight = 1,
    ForwardingMethod forwarding = ForwardingMethod::Masquerade);
[[nodiscard]] Destination tunnelled(const std::string& address, const Tunnel& tunnel);
void put(Table& table, const Service& service, const std::vector<Destination>& destinations);

/// An empty table in a network namespace of its own. Needs root.
class Kernel : public ::testing::Test {
 protected:
  void SetUp() override;
  Table read();
  /// From what is there to `wanted`; what was refused.
  std::vector<std::string> program(const Table& wanted);
  void expect_brief_reading_tells(const Table& table);

  KernelBackend backend_;
};

}  // namespace evenkeel::ipvs
