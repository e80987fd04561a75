#include "daemon/ctl/ask.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
#include <tl/expected.hpp>
#include <unistd.h>
#include <utility>

#include "daemon/ctl/answer_line.h"
#include "daemon/ctl/connection.h"
#include "daemon/ctl/exit_codes.h"
#include "daemon/ctl/output.h"

namespace evenkeel::ctl {

namespace {

using daemon::Access;
using daemon::CommandRow;
using daemon::Format;

/// Held until it is whole: a reader that pauses would make us one that the daemon gives up, and
/// half an answer is none.
struct Shown {
  Output output{STDOUT_FILENO, true};
  Output errors{STDERR_FILENO, true};

  /// Whether the answer is written; where the errors go may be closed.
  [[nodiscard]] bool flush() {
    static_cast<void>(errors.flush());
    return output.flush();
  }
};

/// The message for a refusal. A command that changes something is named in it.
std::string words_of(const CommandRow& row, const Refusal& refusal) {
  const std::string command =
      row.access == Access::Write ? std::string(row.words.name) + ": " : std::string();
  const bool is_older = refusal.code == name(daemon::ErrorCode::UnknownCommand) ||
                        (refusal.code == name(daemon::ErrorCode::BadField) &&
                         (refusal.message.find("\"format\"") != std::string::npos ||
                          refusal.message.find("\"narrow\"") != std::string::npos));
  return command + refusal.message + (is_older ? "; is the daemon of another version?" : "");
}

/// The answer's exit code, or what went wrong.
tl::expected<int, std::string> receive(const CommandRow& row, const std::string& socket,
                                       const daemon::Request& request, Shown& shown) {
  auto connection = Connection::open(socket, row.patience);
  if (!connection) return tl::unexpected(connection.error());
  if (auto sent = connection->send_line(daemon::encode(request)); !sent) {
    return tl::unexpected(sent.error());
  }
  for (;;) {
    const auto text = connection->read_line();
    if (!text) return tl::unexpected(text.error());
    const auto answer = parse_answer_line(*text);
    if (!answer) return tl::unexpected(words_of(row, answer.error()));
    if (answer->is_end) return answer->exit_code;
    for (auto [octets, output] :
         {std::pair(answer->error_bytes, &shown.errors), std::pair(answer->bytes, &shown.output)}) {
      if (auto copied = connection->copy(octets, *output); !copied) {
        return tl::unexpected(copied.error());
      }
    }
  }
}

/// Text, in what the terminal can do, unless the command line asks for something else; whether it
/// is text.
bool ask_for_text(const CommandRow& row, daemon::Request& request) {
  const std::string key = "format";
  if (std::any_of(request.fields.begin(), request.fields.end(),
                  [&](const auto& field) { return field.key == key; })) {
    return false;
  }
  request.fields.push_back({key, std::string(name(Format::Text))});
  if (wants_color(STDOUT_FILENO)) request.fields.push_back({"color", true});
  if (row.access == Access::Read && is_narrow(STDOUT_FILENO))
    request.fields.push_back({"narrow", true});
  return true;
}

/// Whether the answer, or why there is none, could be shown.
bool show_again(const tl::expected<int, std::string>& code, Shown& shown, bool is_text) {
  if (!code) shown.output.discard();
  if (is_screen(STDOUT_FILENO)) {
    if (!shown.output.redraw()) return false;
  } else if (is_text && !shown.output.write("\n")) {
    return false;
  }
  if (!shown.flush()) return false;
  if (!code) complain(code.error());
  return true;
}

/// For ever, once there was an answer: then a daemon that is away is waited for. The exit code of a
/// refusal.
int watch(const CommandRow& row, const std::string& socket, const CommandLine& line, bool is_text) {
  for (bool is_first = true;; is_first = false) {
    Shown shown;
    const auto code = receive(row, socket, line.request, shown);
    if (!code && is_first) {
      complain(code.error());
      return kDown;
    }
    if (!show_again(code, shown, is_text)) return kFailed;
    std::this_thread::sleep_for(*line.watch);
  }
}

}  // namespace

int ask(const CommandRow& row, const std::string& socket, CommandLine line) {
  const bool is_text = ask_for_text(row, line.request);
  if (line.watch) return watch(row, socket, line, is_text);
  Shown shown;
  const auto code = receive(row, socket, line.request, shown);
  if (code && shown.flush()) return *code;
  complain(code ? "cannot write the answer" : code.error());
  return row.access == Access::Read ? kDown : kFailed;
}

}  // namespace evenkeel::ctl
