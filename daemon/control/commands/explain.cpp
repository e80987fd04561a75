// {"command":"explain",        control.sock and status.sock
//  "instances":["web"]}        names; absent = all
// Answer: text for people, in whatever format was asked for: explanation.h. Exit code: as vrrp's.

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/control/explanation.h"
#include "daemon/control/handler.h"
#include "daemon/control/instance_selection.h"
#include "daemon/control/text_answer.h"

namespace evenkeel::daemon {

namespace {

class Text {
 public:
  Text(std::shared_ptr<const Snapshot> snapshot, std::vector<const InstanceSnapshot*> instances,
       bool color)
      : snapshot_(std::move(snapshot)), instances_(std::move(instances)), color_(color) {}

  bool append_next(std::string& out) {
    const std::size_t start = out.size();
    while (next_ < instances_.size() && out.size() - start < Answer::kChunk) {
      append_explanation(out, *instances_[next_++], snapshot_->now, color_);
    }
    return out.size() != start;
  }

 private:
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<const InstanceSnapshot*> instances_;
  bool color_;
  std::size_t next_ = 0;
};

void explain_instances(const InstancesRequest& request, const Presentation& wants, Call call) {
  const auto snapshot = call.commands.snapshot(false);
  auto instances = select_instances(*snapshot, request.instances);
  if (!instances) return call.reply(whole_answer(error_line(instances.error())));
  const int code = exit_code(*instances);
  call.reply(
      std::make_unique<TextAnswer<Text>>(Text(snapshot, *std::move(instances), wants.color), code));
}

constexpr std::array kOptions{
    socket_option("the daemon's control socket; status.sock answers too"),
    help_option(),
};

constexpr CommandWords kWords{
    .name = "explain",
    .summary = "why an instance is what it is, and what would change it",
    .argument = {"INSTANCE", "instances"},
    .help =
        R"(Says why an instance is master, backup or in Initialize, and what would change that: which track, which priority,
which command.

INSTANCE is a name; default: all.)",
    .options = kOptions,
    .exit_status =
        R"(that of vrrp: 0 Master or Backup, 1 something is odd, 2 an instance is in Initialize or no daemon answers.)"};

}  // namespace

extern constexpr CommandRow kExplainRow =
    command_row<&explain_instances>(kWords, Access::Read, std::chrono::seconds(10));

}  // namespace evenkeel::daemon
