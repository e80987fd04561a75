#include "daemon/process/sealed_file.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <utility>

#include "daemon/os/whole_file.h"

namespace evenkeel::daemon {
namespace {

constexpr int kContentSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

tl::unexpected<SealedFileError> failed(SealedFileFault fault) {
  return tl::unexpected(SealedFileError{fault, {errno, std::generic_category()}});
}

UniqueFd create(const char* name) {
  // Since Linux 6.3 a kernel may be told to refuse memfds that could be executed; older ones do
  // not know the flag (linux/memfd.h; glibc 2.36 does not name it).
  constexpr unsigned kNoExecSeal = 0x0008;
  constexpr unsigned kFlags = MFD_ALLOW_SEALING | MFD_CLOEXEC;
  UniqueFd file(::memfd_create(name, kFlags | kNoExecSeal));
  if (!file && errno == EINVAL) file.reset(::memfd_create(name, kFlags));
  return file;
}

}  // namespace

std::string to_string(const SealedFileError& error) {
  const std::string what(to_string(error.fault));
  return error.cause ? what + ": " + error.cause.message() : what;
}

tl::expected<UniqueFd, SealedFileError> seal(const char* name,
                                             std::span<const std::byte> contents) {
  UniqueFd file = create(name);
  if (!file) return failed(SealedFileFault::Create);
  const std::string_view octets(reinterpret_cast<const char*>(contents.data()), contents.size());
  if (!write_all(file.get(), octets)) return failed(SealedFileFault::Write);
  if (::fcntl(file.get(), F_ADD_SEALS, kContentSeals | F_SEAL_SEAL) != 0) {
    return failed(SealedFileFault::Seal);
  }
  return file;
}

tl::expected<std::vector<std::byte>, SealedFileError> read_sealed(int file, std::size_t limit) {
  const int seals = ::fcntl(file, F_GET_SEALS);
  if (seals < 0) return failed(SealedFileFault::NotSealed);
  if ((seals & kContentSeals) != kContentSeals) {
    return tl::unexpected(SealedFileError{SealedFileFault::NotSealed, {}});
  }
  struct stat status {};
  if (::fstat(file, &status) != 0) return failed(SealedFileFault::Read);
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > limit) return tl::unexpected(SealedFileError{SealedFileFault::TooLong, {}});

  std::vector<std::byte> contents(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got =
        ::pread(file, contents.data() + done, size - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    // The seals promise that nothing is missing: an early end is as bad as an error.
    if (got <= 0) return failed(SealedFileFault::Read);
    done += static_cast<std::size_t>(got);
  }
  return contents;
}

}  // namespace evenkeel::daemon
