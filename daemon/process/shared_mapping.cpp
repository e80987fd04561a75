#include "daemon/process/shared_mapping.h"

#include <sys/mman.h>
#include <sys/stat.h>

namespace evenkeel::daemon {

using vrrp::SharedPage;

std::optional<SharedMapping> SharedMapping::open(int file, std::string_view boot) {
  struct stat about {};
  // Beyond the end of the file there would be a signal instead of memory.
  if (::fstat(file, &about) != 0 || about.st_size < static_cast<off_t>(SharedPage::kSize)) {
    return std::nullopt;
  }
  void* memory = ::mmap(nullptr, SharedPage::kSize, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) return std::nullopt;
  return SharedMapping(static_cast<std::byte*>(memory), boot);
}

SharedMapping::SharedMapping(std::byte* memory, std::string_view boot)
    : memory_(memory),
      page_(std::make_unique<SharedPage>(
          std::span<std::byte, SharedPage::kSize>(memory, SharedPage::kSize), boot)) {}

void SharedMapping::Unmap::operator()(std::byte* memory) const {
  ::munmap(memory, SharedPage::kSize);
}

}  // namespace evenkeel::daemon
