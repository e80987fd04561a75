#include "ipvs/kernel_backend.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <utility>

#include "ipvs/proc_table.h"
#include "ipvs/refusal.h"

namespace evenkeel::ipvs {

namespace {

constexpr const char* kProcTable = "/proc/net/ip_vs";

using Visited = tl::expected<void, DecodeError>;

tl::expected<std::string, int> read_file(const char* path) {
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return tl::unexpected(errno);
  std::string text;
  std::array<char, 65536> part{};
  int error = 0;
  while (true) {
    const ssize_t length = ::read(descriptor, part.data(), part.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) error = errno;
    if (length <= 0) break;
    text.append(part.data(), static_cast<std::size_t>(length));
  }
  close(descriptor);
  if (error != 0) return tl::unexpected(error);
  return text;
}

/// A visit that decodes the answer into `place`.
template <typename T>
Connection::Visit into(T& place, tl::expected<T, DecodeError> (*decode)(const Answer&)) {
  return [&place, decode](const Answer& answer) -> Visited {
    auto decoded = decode(answer);
    if (!decoded) return tl::unexpected(decoded.error());
    place = std::move(*decoded);
    return {};
  };
}

}  // namespace

tl::expected<void, Error> KernelBackend::ask(std::string_view doing, const Connection::Put& put,
                                             const Connection::Visit& visit) {
  const auto result = connection_.query(doing, put, visit);
  if (!result) return tl::unexpected(result.error());
  if (*result != 0) return tl::unexpected(error_of(doing, *result));
  return {};
}

tl::expected<void, Error> KernelBackend::read_destinations(ServiceEntry& entry,
                                                           ServiceCounters& counters) {
  const ServiceKey& key = entry.service.key;
  return ask(
      "read the destinations of " + to_string(key),
      [&key](Requests& requests) { requests.put_get_destinations(key); },
      [&](const Answer& answer) -> Visited {
        const auto reading = decode_destination(answer, key.family);
        if (!reading && reading.error() == DecodeError::Unrepresentable) return {};
        if (!reading) return tl::unexpected(reading.error());
        // A dump beside another writer has some destinations twice: the later one is the newer one.
        counters.destinations.insert_or_assign(reading->destination.key, reading->counters);
        entry.destinations.insert_or_assign(reading->destination.key, reading->destination);
        return {};
      });
}

tl::expected<Reading, Error> KernelBackend::read() {
  Reading reading;
  const auto services = ask(
      "read the services", [](Requests& requests) { requests.put_get_services(); },
      [&reading](const Answer& answer) -> Visited {
        auto service = decode_service(answer);
        if (!service && service.error() == DecodeError::Unrepresentable) return {};
        if (!service) return tl::unexpected(service.error());
        const ServiceKey key = service->service.key;
        reading.counters.insert_or_assign(key, ServiceCounters{service->statistics, {}});
        reading.table.insert_or_assign(key, ServiceEntry{std::move(service->service), {}});
        return {};
      });
  if (!services) return tl::unexpected(services.error());

  for (auto& [key, entry] : reading.table) {
    const auto destinations = read_destinations(entry, reading.counters.at(key));
    if (!destinations) return tl::unexpected(destinations.error());
  }
  return reading;
}

tl::expected<std::optional<ServiceEntry>, Error> KernelBackend::read_service(
    const ServiceKey& key) {
  const std::string doing = "read " + to_string(key);
  ServiceReading service;
  const auto result = connection_.query(
      doing, [&key](Requests& requests) { requests.put_get_service(key); },
      into(service, decode_service));
  if (!result) return tl::unexpected(result.error());
  if (*result == ESRCH) return std::nullopt;
  if (*result != 0) return tl::unexpected(error_of(doing, *result));

  ServiceEntry entry{std::move(service.service), {}};
  ServiceCounters counters;
  const auto destinations = read_destinations(entry, counters);
  if (!destinations) return tl::unexpected(destinations.error());
  return entry;
}

tl::expected<BriefReading, Error> KernelBackend::read_brief() {
  const std::string doing = std::string("read ") + kProcTable;
  const auto text = read_file(kProcTable);
  if (!text && text.error() == ENOENT) {
    return tl::unexpected(Error{ErrorKind::NotLoaded, ENOENT, std::string(kNotLoaded)});
  }
  if (!text) return tl::unexpected(error_of(doing, text.error()));
  auto reading = parse_proc_table(*text);
  if (reading) return std::move(*reading);
  const ProcTableFailure& failed = reading.error();
  return tl::unexpected(Error{ErrorKind::Malformed, EBADMSG,
                              doing + ": " + std::string(to_string(failed.error)) + " in line " +
                                  std::to_string(failed.line)});
}

tl::expected<std::vector<Refusal>, Error> KernelBackend::execute(std::span<const Operation> batch) {
  const auto errnos = connection_.execute(batch);
  if (!errnos) return tl::unexpected(errnos.error());
  std::vector<Refusal> refusals;
  for (std::size_t index = 0; index < batch.size(); ++index) {
    const int error = (*errnos)[index];
    if (error != 0) refusals.push_back({index, error, refusal_message(batch[index], error)});
  }
  return refusals;
}

tl::expected<KernelInfo, Error> KernelBackend::info() {
  KernelInfo info;
  const auto asked = ask(
      "ask for the version of IPVS", [](Requests& requests) { requests.put_get_info(); },
      into(info, decode_info));
  if (!asked) return tl::unexpected(asked.error());
  return info;
}

tl::expected<Timeouts, Error> KernelBackend::timeouts() {
  Timeouts timeouts;
  const auto asked = ask(
      "read the timeouts", [](Requests& requests) { requests.put_get_timeouts(); },
      into(timeouts, decode_timeouts));
  if (!asked) return tl::unexpected(asked.error());
  return timeouts;
}

tl::expected<void, Error> KernelBackend::set_timeouts(const Timeouts& timeouts) {
  return ask(
      "set the timeouts", [&timeouts](Requests& requests) { requests.put_set_timeouts(timeouts); },
      [](const Answer&) -> Visited { return {}; });
}

}  // namespace evenkeel::ipvs
