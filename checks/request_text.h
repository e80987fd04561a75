// The rules for the texts of an HTTP request that a check writes (for a method and the name of a
// field: is_token() in http_text.h).
//
// Pure. RFC 9110 (tokens, field values), RFC 9112 (request line), RFC 3986 (characters of a URI).
// No text that passes can end a line of the request or start another one.
#pragma once

#include <string>
#include <string_view>

namespace evenkeel::checks {

/// Starts with "/" and holds only visible ASCII: what is outside of it is written percent-encoded.
[[nodiscard]] bool is_path(std::string_view text);
/// A Host field: visible ASCII without "/" "?" "#" "@", not empty.
[[nodiscard]] bool is_host(std::string_view text);
/// Why a server will not understand it as it is meant, such as an IPv6 address without brackets or
/// a port above 65535; "": it will.
[[nodiscard]] std::string warning_about_host(std::string_view host);
/// A method is case-sensitive (RFC 9110, 9.1): "get" is none that servers know. "": as it should
/// be.
[[nodiscard]] std::string warning_about_method(std::string_view method);
/// A field value: visible ASCII, octets above it, and spaces and tabs inside.
[[nodiscard]] bool is_field_value(std::string_view text);
/// Fields that the prober writes itself: Host, Connection, Content-Length, Transfer-Encoding, TE,
/// Upgrade, Expect, Trailer. In any case of letters.
[[nodiscard]] bool is_own_field(std::string_view name);
}  // namespace evenkeel::checks
