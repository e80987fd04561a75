#include "daemon/process/owned_services.h"

#include "daemon/process/owned_record.h"

namespace evenkeel::daemon {
namespace {

constexpr char kName[] = "record.json";

}  // namespace

tl::expected<std::set<ipvs::ServiceKey>, std::string> read_owned_services(
    const RuntimeDirectory& runtime) {
  const auto text = runtime.read_record(kName);
  if (text) return decode_record(*text);
  if (text.error() == std::errc::no_such_file_or_directory) return std::set<ipvs::ServiceKey>{};
  return tl::unexpected(text.error().message());
}

std::error_code write_owned_services(const RuntimeDirectory& runtime,
                                     const std::set<ipvs::ServiceKey>& owned) {
  return runtime.write_record(kName, encode_record(owned));
}

}  // namespace evenkeel::daemon
