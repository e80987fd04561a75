#include "daemon/config/suggestion.h"

#include <algorithm>
#include <vector>

namespace evenkeel::daemon {

std::size_t edit_distance(std::string_view from, std::string_view to) {
  // Three rows of the alignment matrix: the one before the last is what a swap looks back to.
  std::vector<std::size_t> before(to.size() + 1), last(to.size() + 1), row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[to.size()];
}

std::string_view nearest_word(std::string_view written, std::span<const std::string_view> words) {
  constexpr std::size_t kLongest = 64;
  if (written.size() > kLongest) return {};
  std::size_t limit = std::max<std::size_t>(1, written.size() / 3);
  std::string_view nearest;
  for (const std::string_view word : words) {
    const std::size_t distance = edit_distance(written, word);
    if (distance > limit || (distance == limit && !nearest.empty())) continue;
    limit = distance;
    nearest = word;
  }
  return nearest;
}

}  // namespace evenkeel::daemon
