// Tables for property tests: small worlds of keys, so that two tables of one seed meet often.
#pragma once

#include <random>

#include "ipvs/types.h"

namespace evenkeel::ipvs {

class RandomTable {
 public:
  explicit RandomTable(std::uint32_t seed) : random_(seed) {}

  [[nodiscard]] Table table();
  /// The table with some of its services and destinations changed, removed and added.
  [[nodiscard]] Table changed(Table table);
  [[nodiscard]] Service service();
  [[nodiscard]] Destination destination();

 private:
  [[nodiscard]] std::uint32_t below(std::uint32_t limit);
  [[nodiscard]] bool one_in(std::uint32_t number) { return below(number) == 0; }
  [[nodiscard]] ServiceEntry entry();
  void change(Service& service);
  void change(Destination& destination);

  std::mt19937 random_;
};

}  // namespace evenkeel::ipvs
