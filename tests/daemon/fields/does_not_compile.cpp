// Mistakes in a table, one a CASE: the compiler has to refuse each with the sentence that
// CMakeLists.txt names, and to take CASE 0.
#include <cstdint>

#include "daemon/fields/words.h"

namespace evenkeel::fields {

enum class Colour : std::uint8_t { Red, Green, Blue };
constexpr auto words_of(Colour) {
  using enum Colour;
#if CASE == 0
  return words<Colour>({{Red, "red"}, {Green, "green"}, {Blue, "blue"}});
#elif CASE == 1
  return words<Colour>({{Red, "red"}, {Green, "green"}});
#elif CASE == 2
  return words<Colour>({{Red, "red"}, {Blue, "blue"}});
#elif CASE == 3
  return words<Colour>({{Red, "red"}, {Blue, "blue"}, {Green, "green"}});
#elif CASE == 4
  return words<Colour>({{Red, "red"}, {Green, "red"}, {Blue, "blue"}});
#endif
}

constexpr auto kFirst = name(Colour::Red);

}  // namespace evenkeel::fields
