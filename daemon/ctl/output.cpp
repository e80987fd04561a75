#include "daemon/ctl/output.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

#include "daemon/control/protocol.h"
#include "daemon/os/whole_file.h"

namespace evenkeel::ctl {

static_assert(daemon::kNarrowBelow == 100, "evenkeel(8) and the help of status say so");

bool Output::write(std::string_view bytes) {
  constexpr std::size_t kPart = std::size_t{256} * 1024;
  if (!holds_) return write_through(bytes);
  if (held_.empty() || held_.back().size() + bytes.size() > held_.back().capacity()) {
    held_.emplace_back().reserve(std::max(kPart, bytes.size()));
  }
  held_.back() += bytes;
  return true;
}

bool Output::flush() {
  const auto held = std::exchange(held_, {});
  return std::all_of(held.begin(), held.end(),
                     [this](const std::string& part) { return write_through(part); });
}

bool Output::redraw() {
  constexpr std::string_view kHome = "\x1b[H", kClearLine = "\x1b[K", kClearBelow = "\x1b[J";
  // A line is cleared before it is written: behind its end, which may be the terminal's last
  // column, the cursor is still on its last character.
  std::string screen = std::string(kHome).append(kClearLine);
  for (const std::string& part : std::exchange(held_, {})) {
    for (const char c : part) {
      screen += c;
      if (c == '\n') screen += kClearLine;
    }
  }
  return write_through(screen.append(kClearBelow));
}

bool Output::write_through(std::string_view bytes) const {
  return write_all(descriptor_, bytes);
}

void complain(std::string_view message) {
  std::string line = "evenkeel: ";
  line += message;
  line += '\n';
  (void)Output(STDERR_FILENO).write(line);
}

bool is_screen(int descriptor) {
  const char* const terminal = std::getenv("TERM");
  if (terminal == nullptr || std::string_view(terminal) == "dumb") return false;
  return ::isatty(descriptor) == 1;
}

bool wants_color(int descriptor) {
  const char* const no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  return is_screen(descriptor);
}

bool is_narrow(int descriptor) {
  winsize size{};
  return ::isatty(descriptor) == 1 && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 &&
         size.ws_col > 0 && size.ws_col < daemon::kNarrowBelow;
}

}  // namespace evenkeel::ctl
