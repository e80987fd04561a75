#include "daemon/process/boot_id.h"

#include <fstream>

namespace evenkeel::daemon {

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

bool is_of_another_boot(std::string_view written, std::string_view now) {
  return !written.empty() && !now.empty() && written != now;
}

}  // namespace evenkeel::daemon
