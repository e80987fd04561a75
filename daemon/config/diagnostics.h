// A mistake in a configuration, and the list of those that one parse finds.
//
// Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/fields/severity.h"
#include "daemon/fields/table.h"

namespace evenkeel::daemon {

/// A file of the configuration. The first of a list is the main file; the others are its includes,
/// in order.
struct SourceFile {
  std::string path;
  std::string text;
};

using fields::Severity;

struct Diagnostic {
  std::string file;
  std::uint32_t line = 0, column = 0;   ///< 1-based; 0 = the whole file
  Severity severity = Severity::Error;  ///< or Warning
  std::string message;

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};
constexpr auto fields_of(fields::Of<Diagnostic>) {
  using fields::field;
  using T = Diagnostic;
  return fields::table(field<&T::file>("file"), field<&T::line>("line"),
                       field<&T::column>("column"), field<&T::severity>("severity"),
                       field<&T::message>("message"));
}

/// "evenkeel.toml:12:3: error: unknown key "weigth": did you mean "weight"?"
[[nodiscard]] std::string to_string(const Diagnostic& diagnostic);

/// A place in one of the files, in the order of the files, lines and columns.
struct Place {
  std::uint32_t file = 0;  ///< index
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend auto operator<=>(const Place&, const Place&) = default;
};

class Diagnostics {
 public:
  explicit Diagnostics(const std::vector<SourceFile>& files) : files_(files) {}

  /// Control characters that a message quotes from the file are made visible. Nothing, for a reader
  /// of a value to return.
  std::nullopt_t error(Place place, std::string_view message) {
    add(errors_, place, message);
    return std::nullopt;
  }
  void warn(Place place, std::string_view message) { add(warnings_, place, message); }

  [[nodiscard]] bool has_errors() const { return !errors_.empty(); }
  [[nodiscard]] std::size_t error_count() const { return errors_.size(); }
  /// In the order of their places.
  [[nodiscard]] std::vector<Diagnostic> errors() const;
  [[nodiscard]] std::vector<Diagnostic> warnings() const;

  /// Of the place, without a message.
  [[nodiscard]] Diagnostic at(Place place) const;
  /// "evenkeel.toml:12": for a message that speaks of a second place.
  [[nodiscard]] std::string where(Place place) const;

 private:
  struct Entry {
    Place place;
    std::string message;
  };
  static void add(std::vector<Entry>& entries, Place place, std::string_view message);
  [[nodiscard]] std::vector<Diagnostic> sorted(const std::vector<Entry>& entries,
                                               Severity severity) const;

  const std::vector<SourceFile>& files_;
  std::vector<Entry> errors_, warnings_;
};

/// The text with control characters (and DEL) as \xNN: a log line and a terminal stay whole.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace evenkeel::daemon
