#include "daemon/config/load.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <glob.h>
#include <malloc.h>
#include <map>
#include <memory>
#include <openssl/evp.h>
#include <set>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "daemon/config/writers.h"
#include "daemon/os/unique_fd.h"
#include "daemon/os/whole_file.h"

namespace evenkeel::daemon {
namespace {

using FileId = std::pair<dev_t, ino_t>;

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
  // O_NONBLOCK: the open of a pipe would wait for its writer.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return failure(errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failure(errno);
  if (S_ISDIR(status.st_mode)) return failure(EISDIR);
  if (!S_ISREG(status.st_mode)) {
    return tl::unexpected("cannot read " + path + ": it is not a regular file");
  }
  ReadFile result{.text = {}, .id = {status.st_dev, status.st_ino}};
  if (!read_all(file.get(), result.text, limit)) return failure(errno);
  return result;
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

/// The folder that a pattern looks into, as far as its name has no wildcard.
std::string folder_of(const std::string& pattern, const std::string& folder) {
  std::filesystem::path result(pattern.starts_with('/') ? "" : folder);
  const std::filesystem::path path(pattern);
  for (const std::filesystem::path& part : path.parent_path()) {
    if (part.string().find_first_of("*?[\\") != std::string::npos) break;
    result /= part;
  }
  return result.empty() ? "." : result.string();
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

struct LoadedFiles {
  std::vector<SourceFile> files;  ///< the main one first
  std::vector<Diagnostic> warnings;
};

class Loader {
 public:
  explicit Loader(const std::string& path) : path_(path) {}

  /// The main file and its includes, or what could not be read.
  tl::expected<LoadedFiles, std::vector<Diagnostic>> read() {
    add(path_, {});
    if (errors_.empty()) {
      const std::string folder = std::filesystem::path(path_).parent_path().string();
      for (const IncludePattern& entry : includes_of(files_.front())) {
        const auto paths = expand(entry.pattern, folder);
        if (!paths) report(entry, paths.error());
        if (has_wildcard(entry.pattern)) search(folder_of(entry.pattern, folder), entry);
        for (const std::string& path : paths.value_or(std::vector<std::string>())) add(path, entry);
      }
    }
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    warn_of_writers();
    return LoadedFiles{.files = std::move(files_), .warnings = std::move(warnings_)};
  }

 private:
  /// A folder in which a pattern looks for files.
  void search(const std::string& folder, const IncludePattern& from) {
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) {
      warn(from,
           "\"" + from.pattern + "\": there is no folder " + folder + ": nothing is read from it");
      return;
    }
    const auto real = std::filesystem::canonical(folder, error);
    searched_.emplace(error ? folder : real.string(), folder);
  }

  /// A user who may write these files decides what the daemon does as root.
  void warn_of_writers() {
    const auto look = [this](const std::string& path, SharedAs as, const std::string& what,
                             const std::string& file) {
      const auto who = others_who_write(path, as, what);
      if (!who) return;
      warnings_.push_back({.file = file,
                           .severity = Severity::Warning,
                           .message = *who + ", and so decides what evenkeeld does as root"});
    };
    std::set<std::string> seen;
    for (const auto& [real, written] : searched_) seen.insert(real);
    const auto look_at_the_way = [&](const std::string& to, const std::string& file) {
      for (const Step& step : way_to(to)) {
        if (!seen.insert(step.path).second) continue;
        look(step.path, step.as,
             (step.as == SharedAs::Link ? "the link " : "the folder ") + step.path, file);
      }
    };
    for (const SourceFile& file : files_) {
      look(file.path, SharedAs::File, "this file", file.path);
      look_at_the_way(file.path, file.path);
    }
    for (const auto& [real, written] : searched_) {
      look(real, SharedAs::Source, "the folder " + real + ", whose files are included", path_);
      look_at_the_way(written, path_);
    }
  }

  void add(const std::string& path, const IncludePattern& from) {
    auto file = read_file(path, kMaxConfigSize - size_);
    if (!file) {
      std::error_code error;  // looped links and folders that are closed to us, too
      const bool is_folder = from.line > 0 && std::filesystem::is_directory(path, error);
      report(from,
             file.error() +
                 (is_folder ? "; \"" + from.pattern + "/*.toml\" takes the files in it" : ""));
    } else if (!seen_.insert(file->id).second) {
      report(from, path + " is included twice");
    } else {
      size_ += file->text.size();
      files_.push_back({.path = path, .text = std::move(file->text)});
    }
  }

  void warn(const IncludePattern& from, const std::string& message) {
    warnings_.push_back({path_, from.line, from.column, Severity::Warning, message});
  }
  void report(const IncludePattern& from, const std::string& message) {
    errors_.push_back({path_, from.line, from.column, Severity::Error, message});
  }

  const std::string& path_;
  std::vector<SourceFile> files_;
  std::vector<Diagnostic> errors_, warnings_;
  std::set<FileId> seen_;
  /// Folders that a pattern searches: the real name, and the name as the file writes it.
  std::map<std::string, std::string> searched_;
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
  const auto loaded = Loader(path).read();
  if (!loaded) return tl::unexpected(loaded.error());
  const std::vector<SourceFile>& files = loaded->files;
  auto parsed = parse_config(files, host_name(), node_name);
  if (parsed) {
    parsed->config.digest = digest_of(files);
    parsed->warnings.insert(parsed->warnings.begin(), loaded->warnings.begin(),
                            loaded->warnings.end());
  }
  // A TOML tree takes about ten times the text; it is gone now, and the daemon runs for months.
  if (files.front().text.size() > kLarge || files.size() > 1) ::malloc_trim(0);
  return parsed;
}

}  // namespace evenkeel::daemon
