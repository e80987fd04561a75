#include "vrrp/status.h"

namespace evenkeel::vrrp {

std::string to_string(const OtherList& list) {
  std::string text = list.source.to_string();
  std::string_view separator = ": ";
  for (const Address& each : list.addresses) {
    text += separator;
    text += each.to_string();
    separator = ", ";
  }
  if (list.count > list.addresses.size()) {
    text += " and " + std::to_string(list.count - list.addresses.size()) + " more";
  }
  return text;
}

}  // namespace evenkeel::vrrp
