#include "daemon/control/status_text.h"

#include <utility>

#include "daemon/control/append.h"
#include "daemon/control/health_text.h"
#include "daemon/control/status_columns.h"
#include "daemon/control/status_summary.h"

namespace evenkeel::daemon {

StatusText::StatusText(std::shared_ptr<const Snapshot> snapshot, const StatusRequest& request)
    : snapshot_(std::move(snapshot)),
      view_(request.view),
      exact_(request.exact),
      color_(request.color),
      has_head_(request.services.empty()) {}

bool StatusText::append_next(std::string& out) {
  const std::size_t start = out.size();
  if (!has_begun_) {
    has_begun_ = true;
    append_begin(out);
  }
  while (service_ < snapshot_->services.size() && out.size() - start < Answer::kChunk) {
    const ServiceSnapshot& service = snapshot_->services[service_];
    if (server_ == 0) {
      append_service(out, service);
    } else {
      append_server(out, service.real_servers[server_ - 1]);
    }
    if (server_ < service.real_servers.size()) {
      ++server_;
    } else {
      server_ = 0;
      ++service_;
    }
  }
  return out.size() != start;
}

void StatusText::append_begin(std::string& out) const {
  const std::size_t start = out.size();
  if (has_head_) append_head(out, *snapshot_, color_);
  append_problems(out, *snapshot_, color_);
  if (out.size() != start) out += '\n';
  append_titles(out, view_);
}

void StatusText::append_service(std::string& out, const ServiceSnapshot& service) const {
  const std::size_t start = out.size();
  append_service_columns(out, service, view_, exact_);
  out += "  ";
  pad(out, start, health_column(view_));
  append_service_health(out, service, color_);
  out += '\n';
}

void StatusText::append_server(std::string& out, const RealServerSnapshot& server) const {
  const std::size_t start = out.size();
  append_destination_columns(out, server, view_, exact_);
  out += ' ';
  pad(out, start, health_column(view_));
  append_health(out, server, snapshot_->now, color_);
  out += '\n';
}

namespace {

class StatusTextAnswer : public Answer {
 public:
  StatusTextAnswer(std::shared_ptr<const Snapshot> snapshot, const StatusRequest& request,
                   int exit_code)
      : text_(std::move(snapshot), request), exit_code_(exit_code) {}

  bool append_next(std::string& out) override {
    if (is_over_) return false;
    chunk_.clear();
    if (!text_.append_next(chunk_)) {
      is_over_ = true;
      out += end_line(exit_code_);
      return true;
    }
    out += R"({"ok":true,"bytes":)";
    append_number(out, chunk_.size());
    out += ",\"more\":true}\n";
    out += chunk_;
    return true;
  }

 private:
  StatusText text_;
  std::string chunk_;  ///< kept, so that its memory is
  int exit_code_;
  bool is_over_ = false;
};

}  // namespace

std::unique_ptr<Answer> status_text_answer(std::shared_ptr<const Snapshot> snapshot,
                                           const StatusRequest& request, int exit_code) {
  return std::make_unique<StatusTextAnswer>(std::move(snapshot), request, exit_code);
}

}  // namespace evenkeel::daemon
