// Ethernet frames from any host on the link, read for a gateway's answers. Who answers says that it
// has the address, as another decoder reads it too; what we send ourselves is no answer.
#include <cstdlib>
#include <span>

#include "vrrp/announcement.h"
#include "vrrp/gateway_frame.h"

using namespace evenkeel::vrrp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto answer = gateway_answer_in({data, size});
  if (!answer) return 0;
  if (answer->gateway.is_multicast() || answer->gateway.is_unspecified()) std::abort();
  if (answer->gateway.is_v4() != answer->asker.is_v4()) std::abort();
  if (answer->gateway.is_v4() && answer->gateway == answer->asker) std::abort();  // gratuitous
  const auto conflict = conflict_in({data, size});
  if (!conflict || conflict->address != answer->gateway) std::abort();
  const Frame question = gateway_question(answer->gateway, answer->asker, answer->asker_mac);
  if (gateway_answer_in(question.octets())) std::abort();
  if (gateway_answer_in(announcement(answer->gateway, conflict->mac).octets())) std::abort();
  return 0;
}
