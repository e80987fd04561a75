#include "vrrp/types.h"

namespace evenkeel::vrrp {

std::string_view to_string(State state) {
  switch (state) {
    case State::Initialize:
      return "INITIALIZE";
    case State::Backup:
      return "BACKUP";
    case State::Master:
      return "MASTER";
  }
  return "?";
}

std::string to_string(const InterfaceAddress& address) {
  return address.address.to_string() + "/" + std::to_string(address.prefix_length);
}

}  // namespace evenkeel::vrrp
