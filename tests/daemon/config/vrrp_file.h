// A file with every key of a virtual router away from its default.
#pragma once

#include <string>

#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {

/// Three instances, and a group.
inline const std::string kVrrpFile =
    "[global]\naddress_lease = false\n" +
    instance(
        "advertisement_interval = \"40950ms\"\npreempt_delay = \"24h\"\n"
        "extra_addresses = [\"2001:db8::10/64\"]\nchecksum = \"pseudo_header\"\n"
        "announcements = { at = [\"0s\", \"1h\"], refresh = \"0s\" }\n"
        "address_conflict = \"refuse\"\nforeign_address_list = \"accept\"\n"
        "unicast = { lb1 = \"192.0.2.2\", lb2 = \"192.0.2.3\", lb3 = \"192.0.2.4\" }\n"
        "unicast_interface = \"eth1\"\n"
        "priority = { lb1 = 254, lb2 = 1, lb3 = 3 }\n") +
    instance("version = 2\npassword = \"12\\\"4 678\"\n", "old", "255", "[\"198.51.100.1/24\"]") +
    instance("", "six", "61", "[\"fe80::1\", \"2001:db8::1\"]") +
    "[[vrrp.sync_group]]\nname = \"both\"\ninstances = [\"six\", \"web\"]\n";

}  // namespace evenkeel::daemon
