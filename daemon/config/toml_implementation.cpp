// The one place where toml++ is compiled (TOML_IMPLEMENTATION is set for it in CMakeLists.txt).
#include <toml++/toml.h>
