#include "daemon/config/diagnostics.h"

#include <algorithm>

namespace evenkeel::daemon {

std::string printable(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x20 && octet != 0x7f) {
      result += c;
    } else {
      result.append("\\x").append(1, kHex[octet >> 4U]).append(1, kHex[octet & 0xfU]);
    }
  }
  return result;
}

void Diagnostics::add(std::vector<Entry>& entries, Place place, std::string_view message) {
  entries.push_back({.place = place, .message = printable(message)});
}

std::vector<Diagnostic> Diagnostics::errors() const {
  return sorted(errors_, Severity::Error);
}

std::vector<Diagnostic> Diagnostics::warnings() const {
  return sorted(warnings_, Severity::Warning);
}

std::vector<Diagnostic> Diagnostics::sorted(const std::vector<Entry>& entries,
                                            Severity severity) const {
  std::vector<const Entry*> order;
  order.reserve(entries.size());
  for (const Entry& entry : entries) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(),
                   [](const Entry* a, const Entry* b) { return a->place < b->place; });
  std::vector<Diagnostic> result;
  result.reserve(order.size());
  for (const Entry* entry : order) {
    Diagnostic& each = result.emplace_back(at(entry->place));
    each.severity = severity;
    each.message = entry->message;
  }
  return result;
}

Diagnostic Diagnostics::at(Place place) const {
  return {.file = files_.at(place.file).path,
          .line = place.line,
          .column = place.column,
          .severity = Severity::Error,
          .message = {}};
}

std::string Diagnostics::where(Place place) const {
  return files_.at(place.file).path + ":" + std::to_string(place.line);
}

std::string to_string(const Diagnostic& diagnostic) {
  std::string text = diagnostic.file + ":";
  if (diagnostic.line != 0) {
    text += std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column) + ":";
  }
  text += diagnostic.severity == Severity::Error ? " error: " : " warning: ";
  return text + diagnostic.message;
}

}  // namespace evenkeel::daemon
