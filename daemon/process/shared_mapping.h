// The shared page of vrrp (vrrp/shared_page.h), mapped from its file.
#pragma once

#include <memory>
#include <optional>

#include "vrrp/shared_page.h"

namespace evenkeel::daemon {

class SharedMapping {
 public:
  /// `file` has SharedPage::kSize octets and may be closed afterwards. `boot`: as SharedPage has
  /// it. Nothing: it cannot be mapped.
  [[nodiscard]] static std::optional<SharedMapping> open(int file, std::string_view boot = {});
  SharedMapping(SharedMapping&&) noexcept = default;
  SharedMapping& operator=(SharedMapping&&) noexcept = default;

  [[nodiscard]] vrrp::SharedPage& page() { return *page_; }

 private:
  struct Unmap {
    void operator()(std::byte* memory) const;
  };
  SharedMapping(std::byte* memory, std::string_view boot);

  std::unique_ptr<std::byte, Unmap> memory_;
  std::unique_ptr<vrrp::SharedPage> page_;
};

}  // namespace evenkeel::daemon
