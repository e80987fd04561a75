// keepalived's keywords, and what says the same here: for whoever moves a configuration over.
//
// Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace evenkeel::daemon {

struct KeepalivedWord {
  std::string_view word;
  std::string_view key = {};   ///< ours; "" = there is none
  std::string_view note = {};  ///< how its value is written, or what to do instead
};

/// The words that are no keys of ours, in the alphabet's order.
[[nodiscard]] std::span<const KeepalivedWord> keepalived_words();

/// `: keepalived's word; here it is "advertisement_interval", a duration ("1s")`; "" for any other
/// word.
[[nodiscard]] std::string instead_of_keepalived(std::string_view word);

}  // namespace evenkeel::daemon
