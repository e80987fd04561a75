#include "daemon/process/capabilities.h"

#include <array>
#include <cap-ng.h>

namespace evenkeel::daemon {
namespace {

constexpr std::array kKept = {Capability::NetAdmin, Capability::NetRaw, Capability::SysNice,
                              Capability::IpcLock,  Capability::SetUid, Capability::SetGid,
                              Capability::Kill,     Capability::Chown};

unsigned number_of(Capability capability) {
  return static_cast<unsigned>(capability);
}

bool has(capng_type_t set, unsigned number) {
  return capng_have_capability(set, number) != 0;
}

std::string names_of_missing() {
  std::string names;
  for (const Capability capability : kKept) {
    const unsigned number = number_of(capability);
    if (has(CAPNG_PERMITTED, number)) continue;
    if (!names.empty()) names += ", ";
    names += capng_capability_to_name(number);
  }
  return names;
}

}  // namespace

std::string keep_main_capabilities() {
  if (capng_get_caps_process() != 0) return "cannot read our capabilities";
  const std::string missing = names_of_missing();
  const bool may_bound = has(CAPNG_EFFECTIVE, CAP_SETPCAP);

  std::array<bool, kKept.size()> permitted{};
  for (std::size_t i = 0; i < kKept.size(); ++i) {
    permitted.at(i) = has(CAPNG_PERMITTED, number_of(kKept.at(i)));
  }
  capng_clear(CAPNG_SELECT_ALL);
  for (std::size_t i = 0; i < kKept.size(); ++i) {
    if (!permitted.at(i)) continue;
    capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_PERMITTED | CAPNG_BOUNDING_SET),
                 number_of(kKept.at(i)));
  }
  // The bounding set first: dropping from it takes CAP_SETPCAP, which the second step drops.
  std::string problem;
  if (may_bound && capng_apply(CAPNG_SELECT_BOUNDS) != 0) problem = "cannot bound capabilities";
  if (capng_apply(CAPNG_SELECT_CAPS) != 0) problem = "cannot drop capabilities";
  if (!missing.empty()) {
    if (!problem.empty()) problem += "; ";
    problem += "capabilities missing: " + missing;
  }
  return problem;
}

ScopedCapability::ScopedCapability(Capability capability)
    : number_(number_of(capability)),
      raised_(has(CAPNG_PERMITTED, number_) && !has(CAPNG_EFFECTIVE, number_)) {
  if (!raised_) return;
  capng_update(CAPNG_ADD, CAPNG_EFFECTIVE, number_);
  capng_apply(CAPNG_SELECT_CAPS);
}

ScopedCapability::~ScopedCapability() {
  if (!raised_) return;
  capng_update(CAPNG_DROP, CAPNG_EFFECTIVE, number_);
  capng_apply(CAPNG_SELECT_CAPS);
}

}  // namespace evenkeel::daemon
