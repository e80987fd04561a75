#include "daemon/process/hook_record.h"

#include <string>
#include <utility>

#include "daemon/counted.h"
#include "daemon/process/log.h"

namespace evenkeel::daemon {
namespace {

constexpr char kName[] = "hooks.json";

}  // namespace

std::vector<RunningHook> HookRecord::take() {
  const auto text = runtime_.read_record(kName);
  if (!text && text.error() == std::errc::no_such_file_or_directory) return {};
  const std::string path = runtime_.path_of(kName);
  auto record = text
                    ? decode_running_hooks(*text)
                    : tl::expected<RunningHooks, std::string>(tl::unexpect, text.error().message());
  if (!record) {
    log_warning("cannot use " + path + ": " + record.error() +
                ": hooks that were cut off when evenkeeld ended are not shown");
    return {};
  }
  if (record->unreadable > 0) {
    log_warning(path + ": " + counted(record->unreadable, "run") +
                " cannot be read: a hook that was cut off when evenkeeld ended is not shown");
  }
  save({});
  return std::move(record->runs);
}

void HookRecord::save(const std::vector<RunningHook>& running) {
  const std::error_code error = runtime_.write_record(kName, encode_running_hooks(running), 0600);
  if (error && !std::exchange(has_failed_, true)) {
    log_warning("cannot write " + runtime_.path_of(kName) + ": " + error.message() +
                ": where evenkeeld is killed, the next start cannot show which hooks were cut off");
  }
  if (!error) has_failed_ = false;
}

}  // namespace evenkeel::daemon
