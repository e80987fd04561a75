#include "daemon/control/status_text.h"

#include <utility>

#include "daemon/control/append.h"
#include "daemon/control/health_text.h"
#include "daemon/control/status_columns.h"
#include "daemon/control/status_summary.h"
#include "daemon/control/text_answer.h"

namespace evenkeel::daemon {

StatusText::StatusText(std::shared_ptr<const Snapshot> snapshot, const StatusRequest& request,
                       bool color)
    : snapshot_(std::move(snapshot)),
      view_(request.view),
      exact_(request.exact),
      color_(color),
      has_head_(request.services.empty()) {}

bool StatusText::append_next(std::string& out) {
  const std::size_t start = out.size();
  if (!has_begun_) {
    has_begun_ = true;
    append_begin(out);
  }
  while (instance_ < snapshot_->instances.size() && out.size() - start < Answer::kChunk) {
    table_->append_row(out, snapshot_->instances[instance_++], snapshot_->now, color_);
    if (instance_ == snapshot_->instances.size()) append_titles(out);
  }
  while (instance_ == snapshot_->instances.size() && service_ < snapshot_->services.size() &&
         out.size() - start < Answer::kChunk) {
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

void StatusText::append_begin(std::string& out) {
  const std::size_t start = out.size();
  if (has_head_) append_head(out, *snapshot_, color_);
  append_problems(out, *snapshot_, color_);
  if (out.size() != start) out += '\n';
  if (snapshot_->instances.empty()) {
    append_titles(out);
  } else {
    table_.emplace(snapshot_->instances);
    table_->append_titles(out);
  }
}

void StatusText::append_titles(std::string& out) const {
  if (!snapshot_->instances.empty()) {
    if (snapshot_->services.empty()) return;  // a node that only does VRRP
    out += '\n';
  }
  daemon::append_titles(out, view_);
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

std::unique_ptr<Answer> status_text_answer(std::shared_ptr<const Snapshot> snapshot,
                                           const StatusRequest& request, bool color,
                                           int exit_code) {
  return std::make_unique<TextAnswer<StatusText>>(StatusText(std::move(snapshot), request, color),
                                                  exit_code);
}

}  // namespace evenkeel::daemon
