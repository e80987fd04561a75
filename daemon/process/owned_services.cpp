#include "daemon/process/owned_services.h"

#include "daemon/process/boot_id.h"
#include "daemon/process/log.h"
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
  if (is_of_another_boot(owned->boot, boot_id())) return std::set<ipvs::ServiceKey>{};
  for (const std::string& unknown : owned->unknown) {
    log_warning(runtime.path_of(kName) + ": not a service that this version knows: " + unknown +
                ": stays in the kernel");
  }
  return std::move(owned->services);
}

tl::expected<void, std::string> write_owned_services(const RuntimeDirectory& runtime,
                                                     const std::set<ipvs::ServiceKey>& owned) {
  OwnedRecord record{.services = owned, .boot = boot_id(), .unknown = {}};
  // Entries that only the version before could read stay in the record: their services are still in
  // the kernel.
  if (const auto text = runtime.read_record(kName)) {
    auto before = decode_record(*text);
    if (before && !is_of_another_boot(before->boot, record.boot)) {
      record.unknown = std::move(before->unknown);
    }
  }
  const std::error_code error = runtime.write_record(kName, encode_record(record));
  if (error) return tl::unexpected(runtime.path_of(kName) + ": " + error.message());
  return {};
}

std::optional<std::set<ipvs::ServiceKey>> load_owned_services(const RuntimeDirectory& runtime) {
  auto owned = read_owned_services(runtime);
  if (owned) return std::move(*owned);
  log_warning("cannot use " + owned.error() +
              ": services that an earlier daemon left, and that the configuration does not name, "
              "stay in the kernel");
  return std::nullopt;
}

void save_owned_services(const RuntimeDirectory& runtime, const std::set<ipvs::ServiceKey>& owned) {
  const auto written = write_owned_services(runtime, owned);
  if (!written) {
    log_error("cannot write " + written.error() +
              ": the next start, and `evenkeeld release`, will not know which services are ours");
  }
}

}  // namespace evenkeel::daemon
