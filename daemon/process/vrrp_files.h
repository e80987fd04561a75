// What main leaves in the runtime directory about the virtual routers, for the next start and for
// `evenkeeld release`.
#pragma once

namespace evenkeel::daemon {

constexpr char kVrrpRecord[] =
    "vrrp.json";  ///< encode_vrrp_record() of what is in force; 0600: passwords
constexpr char kVrrpPage[] = "vrrp.page";  ///< vrrp/shared_page.h

}  // namespace evenkeel::daemon
