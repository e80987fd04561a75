// evenkeel.toml(5) from its template: the prose is written by hand, and what the keys of the file
// say (keys.h) is put in. TABLE is a path such as vrrp.instance, or "file".
//
//   @key TABLE KEY...        a line: the head of a list item, `.It Ic KEY No = VALUE`
//   @sysctl KEY              a line: the same, with the value that is recommended
//   @sysctls                 a line: the names of all that have no recommended value
//   @default TABLE KEY@      as the file would write it, without quotes
//   @min TABLE KEY@          of a number, a duration, or how many there may be
//   @max TABLE KEY@
//   @range TABLE KEY@        "MIN to MAX"
//   @words TABLE KEY@        that the value may be
//   @keys TABLE@             all of them
//
// Pure. For the build (reference.cpp), and for tests.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace evenkeel::daemon {

/// The error is a sentence: a name that is not there, or a key of which the page says nothing.
[[nodiscard]] tl::expected<std::string, std::string> manual_page(std::string_view page);

}  // namespace evenkeel::daemon
