// Status for people, and for scripts that read ipvsadm: its lines and columns, with health behind
// them.
//
// Pure. Written a chunk at a time, as the answer lines of protocol.h (text) or as bare text.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "daemon/balancer/snapshot.h"
#include "daemon/control/answer.h"
#include "daemon/control/instance_table.h"
#include "daemon/control/protocol.h"
#include "daemon/control/status_request.h"

namespace evenkeel::daemon {

/// The text alone, part by part.
class StatusText {
 public:
  /// `request.services` has been applied already (select_services); when it is not empty, the head
  /// line is left out, as ipvsadm does.
  StatusText(std::shared_ptr<const Snapshot> snapshot, const StatusRequest& request,
             const Presentation& wants = {});

  /// Appends whole lines until Answer::kChunk octets are there; false when nothing was left.
  [[nodiscard]] bool append_next(std::string& out);

 private:
  std::shared_ptr<const Snapshot> snapshot_;
  StatusView view_;
  bool exact_;
  bool color_;
  bool is_narrow_;  ///< health stands on a line of its own
  bool has_head_;
  std::size_t name_width_ = 0;  ///< of the real servers' own names; 0: there is none
  bool has_begun_ = false;
  std::optional<InstanceTable> table_;
  std::size_t instance_ = 0;
  std::size_t service_ = 0;
  std::size_t server_ = 0;  ///< 0: the service's own line is next
  std::string buffer_;      ///< for one text at a time: no allocation a row

  void append_begin(std::string& out);
  void append_titles(std::string& out) const;
  /// Ends the columns that began at `start`: what follows is health.
  void begin_health(std::string& out, std::size_t start) const;
  void append_service(std::string& out, const ServiceSnapshot& service) const;
  void append_server(std::string& out, const RealServerSnapshot& server);
};

/// The answer to a status request in text, its end line included.
[[nodiscard]] std::unique_ptr<Answer> status_text_answer(std::shared_ptr<const Snapshot> snapshot,
                                                         const StatusRequest& request,
                                                         const Presentation& wants, int exit_code);

}  // namespace evenkeel::daemon
