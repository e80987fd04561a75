// One table of the file, read by its rows (keys.h). Unknown keys, and keys of later steps, are
// reported when it is opened. Each key remembers where it stands and what came of it, so that rules
// name it without a search, and do not judge again what was refused.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/config/keys.h"
#include "daemon/config/table_reader.h"

namespace evenkeel::daemon {

template <typename Member, typename Value>
void store(Member& member, Value&& value) {
  if constexpr (std::is_assignable_v<Member&, Value&&> && !std::is_arithmetic_v<Member>) {
    member = std::forward<Value>(value);
  } else if constexpr (std::is_same_v<std::remove_cvref_t<Value>, Duration>) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(value);
    if constexpr (std::is_arithmetic_v<Member>) {
      member = static_cast<Member>(seconds.count());
    } else {
      member = seconds;
    }
  } else {
    member = static_cast<Member>(value);
  }
}

template <typename Table>
class Written {
 public:
  using K = KeyOf<Table>;

  Written(const PlacedTable& at, Context& context, std::string_view title = Keys<Table>::title)
      : at_(at), context_(&context), title_(title) {
    if (!at.table) return;
    constexpr const auto& kNames = kKeyNames<Table>;
    for (const auto& [key, node] : *at.table) {
      const auto found = std::find(kNames.begin(), kNames.end(), key.str());
      if (found != kNames.end()) {
        nodes_[static_cast<std::size_t>(found - kNames.begin())] = &node;
      } else {
        report_foreign_key(key, node, at.place, kKnownKeys<Table>, context.diagnostics);
      }
    }
  }

  /// Reads the keys that fill a member of `into`, unless they have been read. What is required and
  /// missing is reported.
  template <typename Into>
  void take(Into& into) {
    [&]<std::size_t... rows>(std::index_sequence<rows...>) {
      (take_row<rows>(into), ...);
    }
    (std::make_index_sequence<kKeyCount<Table>>());
  }
  /// Reads the one key that fills this member; true when it was there and fine.
  template <auto pointer, typename Into>
  bool take(Into& into) {
    bool is_fine = false;
    [&]<std::size_t... rows>(std::index_sequence<rows...>) {
      ((fills<rows, pointer>() ? void(is_fine = take_row<rows>(into)) : void()), ...);
    }
    (std::make_index_sequence<kKeyCount<Table>>());
    return is_fine;
  }
  /// The value of a key that take() leaves alone, and that may differ per node, by `reader`: (const
  /// Value&) -> optional<T>, which reports what it refuses.
  template <typename Reader>
  auto read(K key, Reader&& reader) -> decltype(reader(std::declval<Value>())) {
    if (!has(key)) return {};
    auto result = read_value(value(key), *context_, std::forward<Reader>(reader));
    if (!result) refuse(key);
    return result;
  }

  [[nodiscard]] const PlacedTable& at() const { return at_; }
  [[nodiscard]] Context& context() const { return *context_; }
  [[nodiscard]] bool has(K key) const { return nodes_[key.row] != nullptr; }
  /// The key is required and missing, or a mistake in it was reported.
  [[nodiscard]] bool is_wrong(K key) const { return is_wrong_[key.row]; }
  [[nodiscard]] bool is_read(K key) const { return has(key) && !is_wrong(key); }
  void refuse(K key) { is_wrong_[key.row] = true; }

  /// As it stands; only of a key that is there.
  [[nodiscard]] Value value(K key) const {
    return value_at(*nodes_[key.row], at_.place, key.name());
  }
  /// nullptr: it is not there.
  [[nodiscard]] const toml::node* node(K key) const { return nodes_[key.row]; }
  /// Of the key's value; of the table when it is absent.
  [[nodiscard]] Place place_of(K key) const {
    return has(key) ? daemon::place_of(*nodes_[key.row], at_.place) : at_.place;
  }
  /// As a table; reported when it is something else. `table` is nullptr when there is none.
  [[nodiscard]] PlacedTable table(K key) const {
    if (!has(key)) return {};
    if (const toml::table* const found = nodes_[key.row]->as_table()) {
      return {.table = found, .place = place_of(key)};
    }
    report_mismatch(value(key), "a table", context_->diagnostics);
    return {};
  }
  /// The tables of an array of them, `title` each; reported when it is something else.
  [[nodiscard]] std::vector<PlacedTable> tables(K key, std::string_view title) const {
    if (!has(key)) return {};
    return read_tables(value(key), title, context_->diagnostics);
  }

  void error(K key, std::string_view message) const {  ///< at the key's value
    context_->diagnostics.error(place_of(key), message);
  }
  void warn(K key, std::string_view message) const {
    context_->diagnostics.warn(place_of(key), message);
  }

 private:
  template <std::size_t row>
  using Row = std::tuple_element_t<row, std::remove_const_t<decltype(kKeys<Table>)>>;

  template <std::size_t row, auto pointer>
  static consteval bool fills() {
    if constexpr (std::is_same_v<decltype(pointer),
                                 std::remove_const_t<decltype(Row<row>::member)>>) {
      return Row<row>::member == pointer;
    } else {
      return false;
    }
  }

  template <std::size_t row, typename Into>
  bool take_row(Into& into) {
    if constexpr (is_of<Row<row>, Into>()) {
      if constexpr (requires { typename Row<row>::Kind::Result; }) {
        constexpr const auto& row_of_key = std::get<row>(kKeys<Table>);
        constexpr K key = K::at(row);
        if (std::exchange(is_taken_[row], true)) return false;
        if (!has(key)) {
          if (row_of_key.is_required) report_missing(key);
          return false;
        }
        auto result = read_kind(value(key), row_of_key.kind, *context_);
        is_wrong_[key.row] = !result;
        if (result) store(into.*Row<row>::member, std::move(*result));
        return !is_wrong(key);
      }
    }
    return false;
  }
  void report_missing(K key) {
    refuse(key);
    context_->diagnostics.error(
        at_.place, std::string(title_) + ": " + in_quotes(key.name()) + " is required");
  }

  PlacedTable at_;
  Context* context_;
  std::string_view title_;
  std::array<const toml::node*, kKeyCount<Table>> nodes_{};  // by KeyOf::row
  std::array<bool, kKeyCount<Table>> is_wrong_{};            // the same
  std::array<bool, kKeyCount<Table>> is_taken_{};            // by row
};

}  // namespace evenkeel::daemon
