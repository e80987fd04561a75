// Where the engine listens for claims of virtual addresses: one socket an interface, however many
// routers ask there.
//
// Engine's thread only. Closing a packet socket waits for the whole kernel (5 to 20 ms): those that
// nobody needs any more are given away, to be closed where that does no harm.
#pragma once

#include <poll.h>
#include <vector>

#include "vrrp/packet_socket.h"

namespace evenkeel::vrrp {

class ClaimEars {
 public:
  /// Nothing happens where one is open. Where none can be opened, nothing is heard.
  void open(int interface_index);
  void add_to(std::vector<pollfd>& polled) const;

  /// hear(interface_index, claim), for what has come: at most kClaimsATurn an interface. False:
  /// there may be more.
  template <typename Hear>
  [[nodiscard]] bool drain(Hear&& hear) {
    bool is_empty = true;
    for (Ear& ear : ears_) {
      int count = 0;
      for (; count < kClaimsATurn; ++count) {
        const auto claim = ear.socket.receive();
        if (!claim) break;
        hear(ear.interface_index, *claim);
      }
      if (count == kClaimsATurn) is_empty = false;
    }
    return is_empty;
  }

  /// Those of the interfaces that is_wanted(interface_index) is false for.
  template <typename IsWanted>
  [[nodiscard]] std::vector<ClaimSocket> take_unwanted(IsWanted&& is_wanted) {
    std::vector<ClaimSocket> unwanted;
    std::erase_if(ears_, [&](Ear& ear) {
      if (is_wanted(ear.interface_index)) return false;
      unwanted.push_back(std::move(ear.socket));
      return true;
    });
    return unwanted;
  }

 private:
  static constexpr int kClaimsATurn = 64;
  struct Ear {
    int interface_index;
    ClaimSocket socket;
  };
  std::vector<Ear> ears_;
};

}  // namespace evenkeel::vrrp
