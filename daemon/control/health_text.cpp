#include "daemon/control/health_text.h"

#include <cstddef>
#include <string_view>

#include "daemon/control/append.h"

namespace evenkeel::daemon {

namespace {

constexpr std::size_t kStateWidth = 12;

Color color_of(const RealServerSnapshot& server) {
  if (server.is_stale) return Color::Yellow;
  switch (server.health) {
    case checks::Health::Up:
      return Color::Green;
    case checks::Health::Down:
      return Color::Red;
    case checks::Health::Unknown:
      return Color::Yellow;
  }
  return Color::None;
}

void append_health_and_age(std::string& out, const RealServerSnapshot& server,
                           std::chrono::system_clock::time_point now) {
  out += to_string(server.health);
  if (server.health == checks::Health::Unknown || server.since.time_since_epoch().count() == 0) {
    return;
  }
  append(out, " ", Age{now - server.since});
}

void append_state(std::string& out, const RealServerSnapshot& server,
                  std::chrono::system_clock::time_point now) {
  if (server.is_stale) {
    out += "stale";
  } else if (!server.is_checked) {
    out += "not checked";
  } else {
    append_health_and_age(out, server, now);
  }
}

/// Everything after the state, or nothing where the state says it all.
void append_explanation(std::string& out, const RealServerSnapshot& server,
                        std::chrono::system_clock::time_point now, bool narrow) {
  if (server.is_stale) {
    out += "last known: ";
    append_health_and_age(out, server, now);
    if (!server.explanation.empty()) out += ", ";
  } else if (!server.is_checked && server.explanation == "not checked") {
    if (server.destination.weight == 0) out += "weight 0 in the file";
    return;
  }
  append_printable(out, server.explanation);
  if (server.destination.weight == 0 && server.weight == 0) out += ", weight 0 in the file";
  if (narrow || server.health != checks::Health::Down) return;
  if (server.since.time_since_epoch().count() == 0) return;
  out += ", since ";
  append_time(out, server.since);
}

}  // namespace

void append_health(std::string& out, const RealServerSnapshot& server,
                   std::chrono::system_clock::time_point now, bool color, bool narrow) {
  if (server.is_sorry_server) {
    const Color shade = server.usage == Usage::Used ? Color::Yellow : Color::None;
    begin_color(out, shade, color);
    append(out, "sorry server, ", Printable{server.explanation});  // "in use: quorum lost"
    end_color(out, shade, color);
    return;
  }
  begin_color(out, color_of(server), color);
  const std::size_t start = out.size();
  append_state(out, server, now);
  const std::size_t width = out.size() - start;
  end_color(out, color_of(server), color);

  const std::size_t before_blanks = out.size();
  out.append(width < kStateWidth ? kStateWidth - width : 1, ' ');
  const std::size_t after_blanks = out.size();
  append_explanation(out, server, now, narrow);
  if (out.size() == after_blanks) out.resize(before_blanks);
}

void append_service_health(std::string& out, const ServiceSnapshot& service, bool color) {
  append(out, Printable{service.name}, "   ");
  Color shade = Color::Green;
  if (service.up < service.total) shade = Color::Yellow;
  if (service.is_starting) shade = Color::Yellow;
  if ((!service.has_quorum && !service.is_starting) || !service.failure.empty()) shade = Color::Red;
  begin_color(out, shade, color);
  append(out, service.up, "/", service.total, " up, quorum ", service.quorum);
  if (service.is_starting) {
    out += ", starting";
  } else if (!service.has_quorum) {
    out += " lost";
  }
  if (!service.failure.empty()) append(out, ", failed: ", Printable{service.failure});
  end_color(out, shade, color);
}

}  // namespace evenkeel::daemon
