// encode_checks and decode_checks.
//
//   list      u32 magic "EKCL", u16 version, u32 count, count times check
//   check     u8 kind (0 tcp, 1 http), u8 family (4, 6), 4 or 16 octets of address, u16 port,
//             i64 interval, timeout, fast_interval, down_interval (ns), u16 rise, u16 fall, probe
//   tcp       text send, text expect
//   http      text method, path, host, u16 count of headers, (text name, text value)...,
//             u16 count of ranges, (u16 first, u16 last)..., text body, u32 body_limit,
//             u32 header_limit
//   text      u32 length, octets
#include <boost/asio/ip/address.hpp>
#include <concepts>
#include <optional>

#include "daemon/config/check_limits.h"
#include "daemon/config/checks_config.h"
#include "daemon/config/http_text.h"

namespace evenkeel::daemon {
namespace {

constexpr std::uint32_t kMagic = 0x4c434b45;  // "EKCL"
constexpr std::uint16_t kVersion = 2;
constexpr std::uint8_t kTcp = 0, kHttp = 1;
constexpr std::uint8_t kIpv4 = 4, kIpv6 = 6;

class Writer {
 public:
  template <std::unsigned_integral Number>
  void number(Number value) {
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      bytes_.push_back(static_cast<std::byte>(value >> (8 * i)));
    }
  }
  void duration(checks::Duration duration) {
    number(static_cast<std::uint64_t>(std::chrono::nanoseconds(duration).count()));
  }
  void text(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    octets(text);
  }
  template <typename Octets>
  void octets(const Octets& octets) {
    for (const auto octet : octets) bytes_.push_back(static_cast<std::byte>(octet));
  }
  [[nodiscard]] std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

/// Reads until the first mistake, then gives zeros: one look at error() at the end of an object
/// is enough.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <std::unsigned_integral Number>
  [[nodiscard]] Number number() {
    const std::span<const std::byte> bytes = take(sizeof(Number));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      value |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    }
    return static_cast<Number>(value);
  }
  [[nodiscard]] checks::Duration duration() {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(number<std::uint64_t>()));
  }
  [[nodiscard]] std::string text(std::size_t longest) {
    const auto size = number<std::uint32_t>();
    if (size > longest) fail(ChecksError::BadValue);
    const std::span<const std::byte> bytes = take(error_ ? 0 : size);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  template <typename Octets>
  [[nodiscard]] Octets octets() {
    Octets octets{};
    const std::span<const std::byte> bytes = take(octets.size());
    for (std::size_t i = 0; i < bytes.size(); ++i)
      octets[i] = std::to_integer<unsigned char>(bytes[i]);
    return octets;
  }
  void expect(bool is_fine, ChecksError otherwise = ChecksError::BadValue) {
    if (!is_fine) fail(otherwise);
  }
  [[nodiscard]] const std::optional<ChecksError>& error() const { return error_; }
  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

 private:
  void fail(ChecksError error) {
    if (!error_) error_ = error;
  }
  std::span<const std::byte> take(std::size_t size) {
    if (size > rest_.size()) fail(ChecksError::Truncated);
    if (error_) return {};
    const std::span<const std::byte> taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  std::span<const std::byte> rest_;
  std::optional<ChecksError> error_;
};

void write(Writer& writer, const checks::TcpCheck& tcp) {
  writer.text(tcp.send);
  writer.text(tcp.expect);
}

void write(Writer& writer, const checks::HttpCheck& http) {
  writer.text(http.method);
  writer.text(http.path);
  writer.text(http.host);
  writer.number(static_cast<std::uint16_t>(http.headers.size()));
  for (const auto& [name, value] : http.headers) {
    writer.text(name);
    writer.text(value);
  }
  writer.number(static_cast<std::uint16_t>(http.status.size()));
  for (const checks::StatusRange& range : http.status) {
    writer.number(range.first);
    writer.number(range.last);
  }
  writer.text(http.body);
  writer.number(http.body_limit);
  writer.number(http.header_limit);
}

void write(Writer& writer, const checks::Check& check) {
  writer.number(std::holds_alternative<checks::HttpCheck>(check.probe) ? kHttp : kTcp);
  if (check.address.is_v6()) {
    writer.number(kIpv6);
    writer.octets(check.address.to_v6().to_bytes());
  } else {
    writer.number(kIpv4);
    writer.octets(check.address.to_v4().to_bytes());
  }
  writer.number(check.port);
  writer.duration(check.interval);
  writer.duration(check.timeout);
  writer.duration(check.fast_interval);
  writer.duration(check.down_interval);
  writer.number(check.rise);
  writer.number(check.fall);
  std::visit([&](const auto& probe) { write(writer, probe); }, check.probe);
}

checks::TcpCheck read_tcp(Reader& reader) {
  std::string send = reader.text(kMaxTcpText);
  std::string expect = reader.text(kMaxTcpText);
  return {.send = std::move(send), .expect = std::move(expect)};
}

checks::HttpCheck read_http(Reader& reader) {
  checks::HttpCheck http;
  http.method = reader.text(kMaxMethod);
  http.path = reader.text(kMaxPath);
  http.host = reader.text(kMaxHost);
  reader.expect(is_http_token(http.method) && is_http_path(http.path) &&
                (http.host.empty() || is_http_host(http.host)));
  const auto headers = reader.number<std::uint16_t>();
  reader.expect(headers <= kMaxHeaders);
  for (std::uint16_t i = 0; i < headers && !reader.error(); ++i) {
    std::string name = reader.text(kMaxHeader);
    std::string value = reader.text(kMaxHeader);
    reader.expect(is_http_token(name) && !is_own_http_field(name) && is_http_field_value(value));
    http.headers.emplace_back(std::move(name), std::move(value));
  }
  const auto ranges = reader.number<std::uint16_t>();
  reader.expect(ranges > 0 && ranges <= kMaxStatuses);
  http.status.clear();
  for (std::uint16_t i = 0; i < ranges && !reader.error(); ++i) {
    const auto first = reader.number<std::uint16_t>();
    const auto last = reader.number<std::uint16_t>();
    reader.expect(first >= kMinStatus && last <= kMaxStatus && first <= last);
    http.status.push_back({.first = first, .last = last});
  }
  http.body = reader.text(kMaxBodyLimit);
  http.body_limit = reader.number<std::uint32_t>();
  reader.expect(http.body_limit >= 1 && http.body_limit <= kMaxBodyLimit &&
                http.body.size() <= http.body_limit);
  http.header_limit = reader.number<std::uint32_t>();
  reader.expect(http.header_limit >= 1 && http.header_limit <= kMaxHeaderLimit);
  return http;
}

checks::Check read_check(Reader& reader) {
  checks::Check check;
  const auto kind = reader.number<std::uint8_t>();
  const auto family = reader.number<std::uint8_t>();
  reader.expect(kind == kTcp || kind == kHttp, ChecksError::UnknownKind);
  reader.expect(family == kIpv4 || family == kIpv6, ChecksError::UnknownKind);
  if (family == kIpv6) {
    check.address =
        boost::asio::ip::address_v6(reader.octets<boost::asio::ip::address_v6::bytes_type>());
  } else {
    check.address =
        boost::asio::ip::address_v4(reader.octets<boost::asio::ip::address_v4::bytes_type>());
  }
  check.port = reader.number<std::uint16_t>();
  check.interval = reader.duration();
  check.timeout = reader.duration();
  check.fast_interval = reader.duration();
  check.down_interval = reader.duration();
  check.rise = reader.number<std::uint16_t>();
  check.fall = reader.number<std::uint16_t>();
  reader.expect(check.port != 0 && check.rise != 0 && check.fall != 0);
  reader.expect(check.timeout >= kMinTimeout);
  for (const checks::Duration interval :
       {check.interval, check.fast_interval, check.down_interval}) {
    reader.expect(interval >= kMinInterval && interval <= kMaxInterval &&
                  interval >= check.timeout);
  }
  if (kind == kHttp) {
    check.probe = read_http(reader);
  } else {
    check.probe = read_tcp(reader);
  }
  return check;
}

}  // namespace

std::vector<std::byte> encode_checks(const std::vector<checks::Check>& list) {
  Writer writer;
  writer.number(kMagic);
  writer.number(kVersion);
  writer.number(static_cast<std::uint32_t>(list.size()));
  for (const checks::Check& check : list) write(writer, check);
  return writer.take();
}

tl::expected<std::vector<checks::Check>, ChecksError> decode_checks(
    std::span<const std::byte> bytes) {
  Reader reader(bytes);
  const auto magic = reader.number<std::uint32_t>();
  const auto version = reader.number<std::uint16_t>();
  reader.expect(magic == kMagic && version == kVersion, ChecksError::UnknownVersion);
  const auto count = reader.number<std::uint32_t>();
  reader.expect(count <= kMaxChecks, ChecksError::TooMany);
  std::vector<checks::Check> list;
  for (std::uint32_t i = 0; i < count && !reader.error(); ++i) {
    list.push_back(read_check(reader));
  }
  reader.expect(reader.is_at_end(), ChecksError::TrailingBytes);
  if (reader.error()) return tl::unexpected(*reader.error());
  return list;
}

}  // namespace evenkeel::daemon
