#include "daemon/hooks/running_hooks.h"

#include <array>
#include <ctime>
#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/fields/json_record.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;

}  // namespace

std::string encode_running_hooks(const std::vector<RunningHook>& runs) {
  json running = json::array();
  for (const RunningHook& each : runs) running.push_back(fields::to_record(each));
  const json root = {{"version", kVersion}, {"running", std::move(running)}};
  return root.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

tl::expected<RunningHooks, std::string> decode_running_hooks(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (document.is_discarded()) return tl::unexpected(std::string("not JSON"));
  if (!document.is_object() || !document.contains("running") || !document["running"].is_array()) {
    return tl::unexpected(std::string("it has no list of runs"));
  }
  RunningHooks result;
  for (const json& entry : document["running"]) {
    RunningHook run;
    const bool is_read = result.runs.size() < RunningHooks::kMost &&
                         fields::from_record(entry, run) && !run.owner.name.empty();
    if (is_read) {
      result.runs.push_back(std::move(run));
    } else {
      ++result.unreadable;
    }
  }
  return result;
}

std::string begin_of(const RunningHook& run) {
  const std::time_t seconds = run.began.count();
  std::tm parts{};
  if (::gmtime_r(&seconds, &parts) == nullptr) return "at no time";
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return {text.data(), size};
}

}  // namespace evenkeel::daemon
