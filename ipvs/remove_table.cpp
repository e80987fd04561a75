#include "ipvs/remove_table.h"

#include <algorithm>
#include <span>

#include "ipvs/refusal.h"

namespace evenkeel::ipvs {

tl::expected<Remains, Error> remove_table(Backend& backend, const Table& table) {
  const std::vector<Operation> operations = plan({}, table);
  Remains remains;
  for (std::size_t first = 0; first < operations.size(); first += Backend::kBatch) {
    const std::size_t size = std::min(Backend::kBatch, operations.size() - first);
    const auto refusals = backend.execute(std::span(operations).subspan(first, size));
    if (!refusals) return tl::unexpected(refusals.error());
    for (const Refusal& refusal : *refusals) {
      const Operation& operation = operations[first + refusal.index];
      if (is_gone_already(operation, refusal.errno_value)) continue;
      remains.why.push_back(refusal.message);
      remains.services.insert(operation.service.key);
    }
  }
  return remains;
}

}  // namespace evenkeel::ipvs
