#include "daemon/control/status_text.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "daemon/control/append.h"
#include "daemon/control/health_text.h"
#include "daemon/control/status_columns.h"
#include "daemon/control/status_summary.h"
#include "daemon/control/text_answer.h"

namespace evenkeel::daemon {

namespace {

/// Where health begins on a line of its own: below the service's address.
constexpr std::size_t kNarrowIndent = 5;

/// The name that the file gives it; "" where that is its address and port.
std::string_view own_name(const RealServerSnapshot& server, std::string& buffer) {
  if (server.is_sorry_server) return {};
  if (server.name.find(':') == std::string::npos) return server.name;
  buffer.clear();
  append_endpoint(buffer, server.destination.key.address, server.destination.key.port);
  return server.name == buffer ? std::string_view() : server.name;
}

/// Of the names, the widest that does not push health out of sight.
std::size_t width_of_names(const Snapshot& snapshot) {
  constexpr std::size_t kWidest = 16;
  std::size_t width = 0;
  std::string buffer;
  for (const ServiceSnapshot& service : snapshot.services) {
    for (const RealServerSnapshot& server : service.real_servers) {
      width = std::max(width, std::min(own_name(server, buffer).size(), kWidest));
    }
  }
  return width;
}

}  // namespace

StatusText::StatusText(std::shared_ptr<const Snapshot> snapshot, const StatusRequest& request,
                       const Presentation& wants)
    : snapshot_(std::move(snapshot)),
      view_(request.view),
      exact_(request.exact),
      color_(wants.color),
      is_narrow_(wants.narrow),
      has_head_(request.services.empty()),
      name_width_(width_of_names(*snapshot_)) {}

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
  if (has_head_) append_head(out, *snapshot_, color_, is_narrow_);
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
  daemon::append_titles(out, view_, is_narrow_);
}

void StatusText::begin_health(std::string& out, std::size_t start) const {
  if (!is_narrow_) return pad(out, start, health_column(view_));
  out.erase(out.find_last_not_of(' ') + 1);
  out += '\n';
  pad(out, out.size(), kNarrowIndent);
}

void StatusText::append_service(std::string& out, const ServiceSnapshot& service) const {
  const std::size_t start = out.size();
  append_service_columns(out, service, view_, exact_);
  out += "  ";
  begin_health(out, start);
  append_service_health(out, service, color_);
  out += '\n';
}

void StatusText::append_server(std::string& out, const RealServerSnapshot& server) {
  const std::size_t start = out.size();
  append_destination_columns(out, server, view_, exact_);
  out += ' ';
  begin_health(out, start);
  if (name_width_ > 0 && !server.is_sorry_server) {
    const std::size_t name_start = out.size();
    append_printable(out, own_name(server, buffer_));
    pad(out, name_start, name_width_);
    out += "  ";
  }
  append_health(out, server, snapshot_->now, color_, is_narrow_);
  out += '\n';
}

std::unique_ptr<Answer> status_text_answer(std::shared_ptr<const Snapshot> snapshot,
                                           const StatusRequest& request, const Presentation& wants,
                                           int exit_code) {
  return std::make_unique<TextAnswer<StatusText>>(StatusText(std::move(snapshot), request, wants),
                                                  exit_code);
}

}  // namespace evenkeel::daemon
