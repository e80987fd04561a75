#include "vrrp/types.h"

namespace evenkeel::vrrp {

std::string to_string(const InterfaceAddress& address) {
  return address.address.to_string() + "/" + std::to_string(address.prefix_length);
}

}  // namespace evenkeel::vrrp
