// ipvsadm's lines: titles, a service, a destination, in each of its views, up to the column where
// health begins.
//
// Pure. The format strings are those of ipvsadm 1.31 (`-L -n` with --stats, --rate, --thresholds,
// --persistent-conn, --exact), so that eyes and scripts that know one can read the other. Unlike
// it, firewall marks are unsigned and no address is cut off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "daemon/balancer/snapshot.h"
#include "daemon/control/status_request.h"

namespace evenkeel::daemon {

/// Where the health column begins, counted from 0.
[[nodiscard]] std::size_t health_column(StatusView view);

/// Both title lines, each with its newline; "Health" included where it is in the same line.
void append_titles(std::string& out, StatusView view, bool narrow);
/// Without a newline; a line that is too long pushes what follows to the right.
void append_service_columns(std::string& out, const ServiceSnapshot& service, StatusView view,
                            bool exact);
void append_destination_columns(std::string& out, const RealServerSnapshot& server, StatusView view,
                                bool exact);

/// ipvsadm's print_largenum: nine columns, from a hundred million on with K, M, G or T; exact: all
/// digits, and a tenth column and more where they need it.
void append_large_number(std::string& out, std::uint64_t value, bool exact);

}  // namespace evenkeel::daemon
