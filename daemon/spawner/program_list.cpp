#include "daemon/spawner/program_list.h"

#include <algorithm>

#include "daemon/fields/byte_walker.h"

namespace evenkeel::daemon {
namespace {

constexpr std::uint32_t kAsBefore = ~std::uint32_t{0};

bool has_nul(const std::string& text) {
  return text.find('\0') != std::string::npos;
}

bool is_environment_entry(const std::string& text) {
  const std::size_t equals = text.find('=');
  return equals != 0 && equals != std::string::npos && !has_nul(text);
}

bool is_sound(const Program& program) {
  const auto& arguments = program.arguments;
  const auto& groups = program.groups;
  return !arguments.empty() && arguments.front().starts_with('/') &&
         std::none_of(arguments.begin(), arguments.end(), has_nul) &&
         std::all_of(program.environment.begin(), program.environment.end(),
                     is_environment_entry) &&
         program.uid != kAsBefore && program.gid != kAsBefore &&
         std::find(groups.begin(), groups.end(), kAsBefore) == groups.end() &&
         program.timeout.count() > 0 && program.timeout <= kMaxTimeout;
}

}  // namespace

std::vector<std::byte> encode_programs(const std::vector<Program>& list) {
  return fields::to_bytes(list);  // whoever reads refuses what is above the limit
}

tl::expected<std::vector<Program>, fields::BytesError> decode_programs(
    std::span<const std::byte> bytes) {
  auto list = fields::from_bytes<std::vector<Program>>(bytes, fields::AtMost{kMaxPrograms});
  if (!list) return list;
  const auto is_out_of_order = [](const auto& one, const auto& next) { return one.id >= next.id; };
  if (!std::all_of(list->begin(), list->end(), is_sound) ||
      std::adjacent_find(list->begin(), list->end(), is_out_of_order) != list->end()) {
    return tl::unexpected(fields::BytesError::BadValue);
  }
  return list;
}

std::map<std::uint32_t, std::uint32_t> process_limits(const std::vector<Program>& list) {
  std::map<std::uint32_t, std::uint32_t> limits;
  for (const Program& program : list) limits[program.uid] += kProcesses;
  return limits;
}

}  // namespace evenkeel::daemon
