#include "daemon/process/notice_log.h"

#include "daemon/process/log.h"

namespace evenkeel::daemon {

namespace {

void log(const Notice& notice) {
  switch (notice.level) {
    case LogLevel::Error:
      return log_error(notice.text);
    case LogLevel::Warning:
      return log_warning(notice.text);
    case LogLevel::Info:
      return log_info(notice.text);
    case LogLevel::Debug:
      return log_debug(notice.text);
  }
}

}  // namespace

void log(const std::vector<Notice>& notices) {
  for (const Notice& notice : notices) log(notice);
}

}  // namespace evenkeel::daemon
