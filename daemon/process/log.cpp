#include "daemon/process/log.h"

#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <memory>
#include <spdlog/details/log_msg.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/config/config.h"
#include "daemon/process/channel.h"
#include "daemon/process/line_writer.h"
#include "daemon/process/log_line.h"

namespace evenkeel::daemon {
namespace {

spdlog::level::level_enum spdlog_level(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return spdlog::level::err;
    case Severity::Warning:
      return spdlog::level::warn;
    case Severity::Info:
      return spdlog::level::info;
    case Severity::Debug:
      return spdlog::level::debug;
  }
  return spdlog::level::info;
}

Severity severity_of(spdlog::level::level_enum level) {
  if (level >= spdlog::level::err) return Severity::Error;
  if (level == spdlog::level::warn) return Severity::Warning;
  return level == spdlog::level::info ? Severity::Info : Severity::Debug;
}

/// systemd names the device and inode of the stream it connected to our stderr (systemd.exec(5)):
/// the variable alone is inherited by programs whose stderr went elsewhere since.
bool is_journal(int file) {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  return stream != nullptr && ::fstat(file, &status) == 0 &&
         fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

using NullMutex = spdlog::details::null_mutex;  // one thread

class StderrSink final : public spdlog::sinks::base_sink<NullMutex> {
 public:
  StderrSink() : writer_(STDERR_FILENO, [this](std::uint64_t n) { return dropped_note(n); }) {}

  void set_format(LogFormat format) { format_ = format; }
  void drain(std::chrono::milliseconds limit) { writer_.drain(limit); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    writer_.write(render({.time = message.time,
                          .severity = severity_of(message.level),
                          .role = {message.logger_name.data(), message.logger_name.size()},
                          .text = {message.payload.data(), message.payload.size()}}));
  }
  void flush_() override { writer_.flush(); }

 private:
  std::string render(const LogLine& line) const {
    if (format_ == LogFormat::Json) return is_journal_ ? journal_json_line(line) : json_line(line);
    return is_journal_ ? journal_line(line) : text_line(line);
  }

  std::string dropped_note(std::uint64_t count) const {
    const std::string text = fmt::format("{} log lines dropped: nobody took them", count);
    return render({.time = std::chrono::system_clock::now(),
                   .severity = Severity::Warning,
                   .role = {},
                   .text = text});
  }

  bool is_journal_ = is_journal(STDERR_FILENO);
  LogFormat format_ = LogFormat::Text;
  LineWriter writer_;
};

class ChannelSink final : public spdlog::sinks::base_sink<NullMutex> {
 public:
  explicit ChannelSink(Channel& channel) : channel_(channel) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    channel_.send(LogRecord{.severity = severity_of(message.level),
                            .dropped = 0,  // the channel counts
                            .text = {message.payload.data(), message.payload.size()}});
  }
  void flush_() override {}

 private:
  Channel& channel_;
};

/// Where this process's lines go. One for the process: what a log is for is to be reached from
/// everywhere.
struct Log {
  std::shared_ptr<StderrSink> to_stderr = std::make_shared<StderrSink>();
  std::shared_ptr<spdlog::logger> logger = std::make_shared<spdlog::logger>("", to_stderr);
};

Log& the_log() {
  static Log log;
  return log;
}

}  // namespace

void log(Severity severity, std::string_view text) {
  the_log().logger->log(spdlog_level(severity), spdlog::string_view_t(text.data(), text.size()));
}
void log_error(std::string_view text) {
  log(Severity::Error, text);
}
void log_warning(std::string_view text) {
  log(Severity::Warning, text);
}
void log_info(std::string_view text) {
  log(Severity::Info, text);
}

void log_to_stderr(Severity least, LogFormat format) {
  std::signal(SIGPIPE, SIG_IGN);
  Log& log = the_log();
  log.to_stderr->set_format(format);
  log.logger->sinks() = {log.to_stderr};
  log.logger->set_level(spdlog_level(least));
}

void log_to_channel(Channel& channel) {
  Log& log = the_log();
  log.logger->sinks() = {std::make_shared<ChannelSink>(channel)};
  log.logger->set_level(spdlog::level::info);  // main leaves out what its configuration says
}

void log_record_of(std::string_view role, const LogRecord& record) {
  const Log& log = the_log();
  const auto log_as_role = [&](Severity severity, std::string_view text) {
    if (!log.logger->should_log(spdlog_level(severity))) return;
    log.to_stderr->log(spdlog::details::log_msg({role.data(), role.size()}, spdlog_level(severity),
                                                {text.data(), text.size()}));
  };
  if (record.dropped > 0) {
    log_as_role(Severity::Warning, fmt::format("{} log records dropped", record.dropped));
  }
  log_as_role(record.severity, record.text);
}

void flush_log() {
  the_log().to_stderr->flush();
}
void drain_log(std::chrono::milliseconds limit) {
  the_log().to_stderr->drain(limit);
}

}  // namespace evenkeel::daemon
