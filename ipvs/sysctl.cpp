#include "ipvs/sysctl.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace evenkeel::ipvs {

namespace {

bool is_name(std::string_view name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789_";
  return !name.empty() && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::string explanation(int errno_value) {
  if (errno_value == ENOENT) return "not known to this kernel";
  if (errno_value == ERANGE) return "the kernel keeps another value";
  return std::generic_category().message(errno_value);
}

tl::expected<std::int64_t, int> first_number(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return tl::unexpected(EINVAL);
  return value;
}

tl::expected<std::int64_t, int> read_number(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return tl::unexpected(errno);
  std::array<char, 128> text{};
  const ssize_t length = read(descriptor, text.data(), text.size());
  const int error = errno;
  close(descriptor);
  if (length < 0) return tl::unexpected(error);
  return first_number({text.data(), static_cast<std::size_t>(length)});
}

int write_number(const std::string& path, std::int64_t value) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  const std::string text = std::to_string(value) + "\n";
  const ssize_t length = write(descriptor, text.data(), text.size());  // whole, or not at all
  const int error = length < 0 ? errno : 0;
  close(descriptor);
  return error;
}

}  // namespace

Sysctls::Sysctls(std::string directory) : directory_(std::move(directory)) {}

tl::expected<std::int64_t, SysctlError> Sysctls::read(std::string_view name) const {
  const auto value = is_name(name) ? read_number(directory_ + "/" + std::string(name))
                                   : tl::expected<std::int64_t, int>(tl::unexpected(ENOENT));
  if (value) return *value;
  return tl::unexpected(
      SysctlError{std::string(name), value.error(),
                  "read net.ipv4.vs." + std::string(name) + ": " + explanation(value.error())});
}

int Sysctls::write_one(const std::string& name, std::int64_t value) const {
  if (!is_name(name)) return ENOENT;
  const std::string path = directory_ + "/" + name;
  const auto before = read_number(path);
  if (before && *before == value) return 0;
  if (const int error = write_number(path, value); error != 0) return error;
  const auto after = read_number(path);
  if (!after) return after.error();
  return *after == value ? 0 : ERANGE;
}

std::vector<SysctlError> Sysctls::write(const std::map<std::string, std::int64_t>& values) const {
  std::vector<SysctlError> errors;
  for (const auto& [name, value] : values) {
    const int error = write_one(name, value);
    if (error == 0) continue;
    errors.push_back(
        {name, error,
         "set net.ipv4.vs." + name + " to " + std::to_string(value) + ": " + explanation(error)});
  }
  return errors;
}

}  // namespace evenkeel::ipvs
