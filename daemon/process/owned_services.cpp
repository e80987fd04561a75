#include "daemon/process/owned_services.h"

#include "daemon/process/owned_record.h"

namespace evenkeel::daemon {
namespace {

constexpr char kName[] = "record.json";

}  // namespace

tl::expected<std::set<ipvs::ServiceKey>, std::string> read_owned_services(
    const RuntimeDirectory& runtime) {
  const auto text = runtime.read_record(kName);
  if (!text) {
    if (text.error() == std::errc::no_such_file_or_directory) return std::set<ipvs::ServiceKey>{};
    return tl::unexpected(runtime.path_of(kName) + ": " + text.error().message());
  }
  auto owned = decode_record(*text);
  if (!owned) return tl::unexpected(runtime.path_of(kName) + ": " + owned.error());
  return owned;
}

tl::expected<void, std::string> write_owned_services(const RuntimeDirectory& runtime,
                                                     const std::set<ipvs::ServiceKey>& owned) {
  const std::error_code error = runtime.write_record(kName, encode_record(owned));
  if (error) return tl::unexpected(runtime.path_of(kName) + ": " + error.message());
  return {};
}

}  // namespace evenkeel::daemon
