#include "daemon/control/vrrp_answer.h"

#include <cstddef>
#include <string>
#include <utility>

#include "daemon/control/text_answer.h"
#include "daemon/control/vrrp_text.h"
#include "daemon/fields/json_out.h"

namespace evenkeel::daemon {

namespace {

using Instances = std::vector<const InstanceSnapshot*>;

class VrrpText {
 public:
  VrrpText(std::shared_ptr<const Snapshot> snapshot, Instances instances, bool color)
      : snapshot_(std::move(snapshot)), instances_(std::move(instances)), color_(color) {}

  bool append_next(std::string& out) {
    const std::size_t start = out.size();
    if (instances_.empty() && !std::exchange(is_over_, true)) out += "no instance is configured\n";
    while (next_ < instances_.size() && out.size() - start < Answer::kChunk) {
      if (next_ != 0) out += '\n';
      append_instance_text(out, *instances_[next_++], snapshot_->now, color_);
    }
    return out.size() != start;
  }

 private:
  std::shared_ptr<const Snapshot> snapshot_;
  Instances instances_;
  bool color_;
  std::size_t next_ = 0;
  bool is_over_ = false;
};

class VrrpJson : public Answer {
 public:
  VrrpJson(std::shared_ptr<const Snapshot> snapshot, Instances instances, bool is_document,
           int exit_code)
      : snapshot_(std::move(snapshot)),
        instances_(std::move(instances)),
        is_document_(is_document),
        exit_code_(exit_code) {}

  bool append_next(std::string& out) override {
    if (is_over_) return false;
    const std::size_t start = out.size();
    if (!std::exchange(has_begun_, true)) append_head(out);
    for (; next_ < instances_.size(); ++next_) {
      if (out.size() - start >= kChunk) return true;
      if (next_ != 0) out += ',';
      fields::append_json(out, *instances_[next_]);
    }
    out += is_document_ ? document_end(exit_code_) : "],\"more\":true}\n" + end_line(exit_code_);
    is_over_ = true;
    return true;
  }

 private:
  std::shared_ptr<const Snapshot> snapshot_;
  Instances instances_;
  bool is_document_;
  int exit_code_;
  std::size_t next_ = 0;
  bool has_begun_ = false;
  bool is_over_ = false;

  void append_head(std::string& out) const {
    out += is_document_ ? "{" : R"({"ok":true)";
    fields::append_member(out, "version", snapshot_->version);
    fields::append_member(out, "node_name", snapshot_->node_name);
    fields::append_member(out, "now", snapshot_->now);
    fields::append_key(out, "instances");
    out += '[';
  }
};

}  // namespace

std::unique_ptr<Answer> vrrp_answer(std::shared_ptr<const Snapshot> snapshot,
                                    std::vector<const InstanceSnapshot*> instances,
                                    const Presentation& wants, int exit_code) {
  if (wants.format == Format::Text) {
    return std::make_unique<TextAnswer<VrrpText>>(
        VrrpText(std::move(snapshot), std::move(instances), wants.color), exit_code);
  }
  const bool is_document = wants.format == Format::Document;
  VrrpJson json(std::move(snapshot), std::move(instances), is_document, exit_code);
  if (is_document) return std::make_unique<TextAnswer<VrrpJson>>(std::move(json), exit_code);
  return std::make_unique<VrrpJson>(std::move(json));
}

}  // namespace evenkeel::daemon
