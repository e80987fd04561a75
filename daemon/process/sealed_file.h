// Bytes in a memfd that nobody can change any more: how main hands a child its part of the
// configuration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/fields/words.h"
#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

using fields::to_string;

enum class SealedFileFault : std::uint8_t {
  Create,     ///< memfd_create
  Write,      ///< of the contents
  Seal,       ///< F_ADD_SEALS
  NotSealed,  ///< read: no memfd, or one that its sender could still change
  TooLong,    ///< read: longer than the limit
  Read,
};
constexpr auto words_of(SealedFileFault) {
  using enum SealedFileFault;
  return fields::words<SealedFileFault>({{Create, "cannot create"},
                                         {Write, "cannot write"},
                                         {Seal, "cannot seal"},
                                         {NotSealed, "not sealed"},
                                         {TooLong, "too long"},
                                         {Read, "cannot read"}});
}
struct SealedFileError {
  SealedFileFault fault;
  std::error_code cause;  ///< of the system call, where one failed
};
/// "cannot seal: Permission denied"
[[nodiscard]] std::string to_string(const SealedFileError& error);

/// `name` is what /proc shows, at most 249 octets. Sealed against shrinking, growing, writing and
/// further seals; closed on exec.
[[nodiscard]] tl::expected<UniqueFd, SealedFileError> seal(const char* name,
                                                           std::span<const std::byte> contents);

/// The contents from the start, wherever the descriptor's offset is; at most `limit` octets.
[[nodiscard]] tl::expected<std::vector<std::byte>, SealedFileError> read_sealed(int file,
                                                                                std::size_t limit);

}  // namespace evenkeel::daemon
