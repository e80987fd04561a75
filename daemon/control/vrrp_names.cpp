#include "daemon/control/vrrp_names.h"

namespace evenkeel::daemon {

std::string_view name(vrrp::State state) {
  switch (state) {
    case vrrp::State::Initialize:
      return "initialize";
    case vrrp::State::Backup:
      return "backup";
    case vrrp::State::Master:
      return "master";
  }
  return "?";
}

std::string_view name(vrrp::Reason reason) {
  switch (reason) {
    case vrrp::Reason::NotStarted:
      return "not_started";
    case vrrp::Reason::InterfaceMissing:
      return "interface_missing";
    case vrrp::Reason::InterfaceDown:
      return "interface_down";
    case vrrp::Reason::UnicastInterfaceMissing:
      return "unicast_interface_missing";
    case vrrp::Reason::UnicastInterfaceDown:
      return "unicast_interface_down";
    case vrrp::Reason::NoSourceAddress:
      return "no_source_address";
    case vrrp::Reason::AdvertisementTooLong:
      return "advertisement_too_long";
    case vrrp::Reason::NotRealTime:
      return "not_real_time";
    case vrrp::Reason::SocketRefused:
      return "socket_refused";
    case vrrp::Reason::SendRefused:
      return "send_refused";
    case vrrp::Reason::AddressesRefused:
      return "addresses_refused";
    case vrrp::Reason::AddressesContested:
      return "addresses_contested";
    case vrrp::Reason::AddressConflict:
      return "address_conflict";
    case vrrp::Reason::GroupMemberDown:
      return "group_member_down";
    case vrrp::Reason::Stopped:
      return "stopped";
    case vrrp::Reason::LeftUnanswered:
      return "left_unanswered";
    case vrrp::Reason::Started:
      return "started";
    case vrrp::Reason::BetterMaster:
      return "better_master";
    case vrrp::Reason::LateMaster:
      return "late_master";
    case vrrp::Reason::GroupMemberLeft:
      return "group_member_left";
    case vrrp::Reason::HandedOver:
      return "handed_over";
    case vrrp::Reason::MasterDownTimerExpired:
      return "master_down_timer_expired";
    case vrrp::Reason::MasterReleased:
      return "master_released";
    case vrrp::Reason::Preempting:
      return "preempting";
    case vrrp::Reason::AddressOwner:
      return "address_owner";
    case vrrp::Reason::Resumed:
      return "resumed";
    case vrrp::Reason::NobodyAnswered:
      return "nobody_answered";
    case vrrp::Reason::Leaving:
      return "leaving";
    case vrrp::Reason::TooLateToResume:
      return "too_late_to_resume";
  }
  return "?";
}

std::string_view name(vrrp::DecodeError error) {
  switch (error) {
    case vrrp::DecodeError::Length:
      return "length";
    case vrrp::DecodeError::HopLimit:
      return "hop_limit";
    case vrrp::DecodeError::Source:
      return "source";
    case vrrp::DecodeError::OwnSource:
      return "own_source";
    case vrrp::DecodeError::Delivery:
      return "delivery";
    case vrrp::DecodeError::Version:
      return "version";
    case vrrp::DecodeError::Type:
      return "type";
    case vrrp::DecodeError::VirtualRouterId:
      return "virtual_router_id";
    case vrrp::DecodeError::Checksum:
      return "checksum";
    case vrrp::DecodeError::MulticastChecksum:
      return "multicast_checksum";
    case vrrp::DecodeError::AuthenticationType:
      return "authentication_type";
    case vrrp::DecodeError::Authentication:
      return "authentication";
    case vrrp::DecodeError::AddressCount:
      return "address_count";
    case vrrp::DecodeError::Interval:
      return "interval";
    case vrrp::DecodeError::IntervalMismatch:
      return "interval_mismatch";
    case vrrp::DecodeError::AddressList:
      return "address_list";
  }
  return "?";
}

std::string_view name(vrrp::ChecksumPolicy policy) {
  switch (policy) {
    case vrrp::ChecksumPolicy::Auto:
      return "auto";
    case vrrp::ChecksumPolicy::Message:
      return "message";
    case vrrp::ChecksumPolicy::PseudoHeader:
      return "pseudo_header";
  }
  return "?";
}

std::string_view name(vrrp::FailoverOutcome outcome) {
  switch (outcome) {
    case vrrp::FailoverOutcome::HandedOver:
      return "handed_over";
    case vrrp::FailoverOutcome::NobodyAnswered:
      return "nobody_answered";
    case vrrp::FailoverOutcome::NotMaster:
      return "not_master";
    case vrrp::FailoverOutcome::Unknown:
      return "unknown";
  }
  return "?";
}

}  // namespace evenkeel::daemon
