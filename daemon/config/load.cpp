#include "daemon/config/load.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <glob.h>
#include <malloc.h>
#include <memory>
#include <openssl/evp.h>
#include <set>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace evenkeel::daemon {
namespace {

using FileId = std::pair<dev_t, ino_t>;

/// Without waiting for who would write to a pipe.
struct OpenFile {
  explicit OpenFile(const std::string& path)
      : fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFile() {
    if (fd >= 0) ::close(fd);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int fd;
};

struct ReadFile {
  std::string text;
  FileId id;
};

/// The error is for the operator: "cannot read x.toml: Permission denied".
tl::expected<ReadFile, std::string> read_file(const std::string& path, std::size_t limit) {
  const auto failure = [&](int error) {
    std::string text = "cannot read " + path + ": " + std::generic_category().message(error);
    if (error == EACCES && ::geteuid() == 0) {
      text += "; evenkeeld reads as root, but passes over no permission: let root own it";
    }
    return tl::unexpected(std::move(text));
  };
  const OpenFile file(path);
  if (file.fd < 0) return failure(errno);
  struct stat status {};
  if (::fstat(file.fd, &status) != 0) return failure(errno);
  if (S_ISDIR(status.st_mode)) return failure(EISDIR);
  if (!S_ISREG(status.st_mode)) {
    return tl::unexpected("cannot read " + path + ": it is not a regular file");
  }
  ReadFile result{.text = {}, .id = {status.st_dev, status.st_ino}};
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t count = ::read(file.fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(errno);
    if (count == 0) return result;
    result.text.append(buffer.data(), static_cast<std::size_t>(count));
    if (result.text.size() > limit) return failure(EFBIG);
  }
}

bool has_wildcard(std::string_view pattern) {
  return pattern.find_first_of("*?[") != std::string_view::npos;
}

/// The folder's name is taken literally, whatever it holds.
std::string escaped(std::string_view folder) {
  std::string text;
  for (const char c : folder) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) text += '\\';
    text += c;
  }
  return text;
}

/// For glob(3): a folder that is not there holds nothing; one that cannot be read is an error.
int stop_unless_missing(const char* /*path*/, int error) {
  return error == ENOENT || error == ENOTDIR ? 0 : 1;
}

/// The paths that an entry of `include` stands for, relative to the folder of the including file.
tl::expected<std::vector<std::string>, std::string> expand(const std::string& pattern,
                                                           const std::string& folder) {
  const bool is_relative = !pattern.starts_with('/') && !folder.empty();
  if (!has_wildcard(pattern)) {
    return std::vector<std::string>{is_relative ? folder + "/" + pattern : pattern};
  }
  const std::string whole = is_relative ? escaped(folder) + "/" + pattern : pattern;
  glob_t found{};
  const int error = ::glob(whole.c_str(), GLOB_NOSORT, stop_unless_missing, &found);
  const std::unique_ptr<glob_t, void (*)(glob_t*)> owner(&found, ::globfree);
  if (error == GLOB_NOMATCH) return std::vector<std::string>();
  if (error != 0) {
    return tl::unexpected("cannot look for \"" + pattern + "\": " +
                          (error == GLOB_ABORTED ? "a folder cannot be read" : "out of memory"));
  }
  std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  std::sort(paths.begin(), paths.end());
  return paths;
}

class Loader {
 public:
  explicit Loader(const std::string& path) : path_(path) {}

  /// The main file and its includes, or what could not be read.
  tl::expected<std::vector<SourceFile>, std::vector<Diagnostic>> read() {
    add(path_, {});
    if (errors_.empty()) {
      const std::string folder = std::filesystem::path(path_).parent_path().string();
      for (const IncludePattern& entry : includes_of(files_.front())) {
        const auto paths = expand(entry.pattern, folder);
        if (!paths) report(entry, paths.error());
        for (const std::string& path : paths.value_or(std::vector<std::string>())) add(path, entry);
      }
    }
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    return std::move(files_);
  }

 private:
  void add(const std::string& path, const IncludePattern& from) {
    auto file = read_file(path, kMaxConfigSize - size_);
    if (!file) {
      report(from, file.error());
    } else if (!seen_.insert(file->id).second) {
      report(from, path + " is included twice");
    } else {
      size_ += file->text.size();
      files_.push_back({.path = path, .text = std::move(file->text)});
    }
  }

  void report(const IncludePattern& from, const std::string& message) {
    errors_.push_back({.file = path_,
                       .line = from.line,
                       .column = from.column,
                       .severity = Severity::Error,
                       .message = message});
  }

  const std::string& path_;
  std::vector<SourceFile> files_;
  std::vector<Diagnostic> errors_;
  std::set<FileId> seen_;
  std::size_t size_ = 0;
};

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

}  // namespace

std::string digest_of(const std::vector<SourceFile>& files) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  for (const SourceFile& file : files) {
    EVP_DigestUpdate(context.get(), file.text.data(), file.text.size());
  }
  EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
  std::string text;
  for (std::size_t i = 0; i < 3; ++i) {
    text += kHex[digest[i] >> 4U];
    text += kHex[digest[i] & 0xfU];
  }
  return text;
}

tl::expected<ParsedConfig, std::vector<Diagnostic>> load_config(const std::string& path,
                                                                std::string_view node_name) {
  constexpr std::size_t kLarge = std::size_t{1024} * 1024;
  const auto files = Loader(path).read();
  if (!files) return tl::unexpected(files.error());
  auto parsed = parse_config(*files, host_name(), node_name);
  if (parsed) parsed->config.digest = digest_of(*files);
  // A TOML tree takes about ten times the text; it is gone now, and the daemon runs for months.
  if (files->front().text.size() > kLarge || files->size() > 1) ::malloc_trim(0);
  return parsed;
}

}  // namespace evenkeel::daemon
