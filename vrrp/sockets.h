// The sockets of one Delivery; shared by its instances, opened and closed by the writer's thread.
#pragma once

#include "vrrp/delivery.h"
#include "vrrp/receive_socket.h"
#include "vrrp/send_socket.h"

namespace evenkeel::vrrp {

struct Sockets {
  Delivery delivery;
  ReceiveSocket receive;
  SendSocket send;
};

}  // namespace evenkeel::vrrp
