// Logging, for every role: one line per change, never blocks, says what it dropped.
//
// main writes lines to stderr; a child sends LogRecords over its channel and main writes them under
// the child's name. Which of the two is decided once, when the process starts; before that, and in
// the command line tool, lines go to stderr as text.
//
// error = a part stopped working; warning = unexpected but handled; info = what an operator wants
// at 3 a.m.; debug = free. A line is one sentence without a full stop that says what was being
// done and to what: `add destination 10.0.0.3:80 to web: File exists`.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "daemon/fields/severity.h"

namespace evenkeel::daemon {

using fields::Severity;
enum class LogFormat : std::uint8_t;  // config/config.h
struct LogRecord;
class Channel;

void log(Severity severity, std::string_view text);
void log_error(std::string_view text);
void log_warning(std::string_view text);
void log_info(std::string_view text);

/// main: to stderr from now on, also again at a reload. Text is for people (under journald with
/// the priority in front, as sd-daemon(3) has it), JSON is one object a line. SIGPIPE is ignored
/// from now on: a reader that has gone must not take us along.
void log_to_stderr(Severity least, LogFormat format);
/// A child: to main from now on. The channel must outlive the last line.
void log_to_channel(Channel& channel);
/// main: a child's record, as a line of its own.
void log_record_of(std::string_view role, const LogRecord& record);

/// Lines wait in a bounded queue (the oldest go first, and are counted) while the reader of stderr
/// is slow. Every new line tries again, and main calls this once a second.
void flush_log();
/// At the end of the process: gives the reader this long to take what waits.
void drain_log(std::chrono::milliseconds limit);

}  // namespace evenkeel::daemon
