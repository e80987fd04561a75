#include "vrrp/status.h"

namespace evenkeel::vrrp {

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::NotStarted:
      return "not started";
    case Reason::InterfaceMissing:
      return "interface is missing";
    case Reason::InterfaceDown:
      return "interface is down";
    case Reason::UnicastInterfaceMissing:
      return "unicast interface is missing";
    case Reason::UnicastInterfaceDown:
      return "unicast interface is down";
    case Reason::NoSourceAddress:
      return "interface has no address to send from";
    case Reason::AdvertisementTooLong:
      return "an advertisement of so many virtual addresses does not fit the interface's MTU";
    case Reason::NotRealTime:
      return "no real-time priority or locked memory, which intervals under 100 ms need";
    case Reason::SocketRefused:
      return "sockets could not be opened";
    case Reason::SendRefused:
      return "sending is refused (a local firewall rule?)";
    case Reason::AddressesRefused:
      return "the kernel refused a virtual address";
    case Reason::AddressesContested:
      return "something keeps removing the virtual addresses";
    case Reason::AddressConflict:
      return "somebody else has a virtual address";
    case Reason::GroupMemberDown:
      return "another member of the sync group is down";
    case Reason::Stopped:
      return "stopped";
    case Reason::LeftUnanswered:
      return "left unanswered";
    case Reason::Started:
      return "started";
    case Reason::BetterMaster:
      return "a better master was heard";
    case Reason::LateMaster:
      return "late, and another master had taken over";
    case Reason::GroupMemberLeft:
      return "another member of the sync group is not master any more";
    case Reason::HandedOver:
      return "handed over";
    case Reason::MasterDownTimerExpired:
      return "master down timer expired";
    case Reason::MasterReleased:
      return "the master released it";
    case Reason::Preempting:
      return "preempting a master of lower priority";
    case Reason::AddressOwner:
      return "address owner";
    case Reason::Resumed:
      return "resumed";
    case Reason::NobodyAnswered:
      return "nobody else took over";
    case Reason::Leaving:
      return "leaving, until a new master is heard";
    case Reason::TooLateToResume:
      return "too late to resume, leaving until a new master is heard";
  }
  return "?";
}

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
