// The header of a kind of check (tcp_check.h) is made of this: the tables that stand beside its
// struct, and the names of what its probe is given. No Asio: everybody who has a Check includes it.
#pragma once

#include "daemon/fields/key.h"
#include "daemon/fields/table.h"

namespace evenkeel::checks {

struct Check;    // check.h
class Sockets;   // sockets.h
struct Probing;  // sockets.h

}  // namespace evenkeel::checks
