#include "server_list.h"

#include <fcntl.h>
#include <simdjson.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>

#include "molva/discovery_plugin.h"
#include "molva/json_text.hpp"

namespace molva::discovery_file {
namespace {

namespace dom = simdjson::dom;

// Held by one writer of the file at a time, on this machine.
class WriteLock {
 public:
  explicit WriteLock(const std::string& path)
      : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    is_held_ = file_ >= 0 && ::flock(file_, LOCK_EX) == 0;
  }
  ~WriteLock() {
    if (file_ >= 0) ::close(file_);
  }
  WriteLock(const WriteLock&) = delete;
  WriteLock& operator=(const WriteLock&) = delete;
  bool is_held() const { return is_held_; }

 private:
  const int file_;
  bool is_held_ = false;
};

bool WriteWhole(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return false;
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = ::write(file, text.data() + done, text.size() - done);
    if (written < 0 && errno != EINTR) break;
    if (written > 0) done += static_cast<std::size_t>(written);
  }
  const bool is_durable = done == text.size() && ::fsync(file) == 0;
  return ::close(file) == 0 && is_durable;
}

}  // namespace

sdk::Outcome ParseServers(std::string_view text, Servers* servers) {
  dom::parser parser(kMaxFileBytes + 1);
  dom::element root;
  dom::object list;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS ||
      root["servers"].get(list) != simdjson::SUCCESS) {
    return {MOLVA_MALFORMED, "it must be a JSON object with an object \"servers\""};
  }
  Servers read;
  for (const auto [domain, value] : list) {
    std::string_view document;
    if (value.get(document) != simdjson::SUCCESS || document.empty() ||
        document.size() > MOLVA_MAX_KEY_DOCUMENT) {
      return {MOLVA_MALFORMED, "what it has for " + std::string(domain.substr(0, 253)) +
                                   " must be a text of at most 64 KiB"};
    }
    read.insert_or_assign(std::string(domain), std::string(document));
    if (read.size() > kMaxServers) return {MOLVA_MALFORMED, "it has more than 100000 servers"};
  }
  *servers = std::move(read);
  return sdk::Done();
}

std::string PrintServers(const Servers& servers) {
  sdk::JsonObject list;
  for (const auto& [domain, document] : servers) list.Text(domain, document);
  return sdk::JsonObject().Raw("servers", list.Finish()).Finish() + "\n";
}

sdk::Outcome ReadServers(const std::string& path, Servers* servers) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {MOLVA_NOT_FOUND, "there is no file"};
    return {MOLVA_UNAVAILABLE, "the file cannot be looked at"};
  }
  if (!S_ISREG(found.st_mode)) return {MOLVA_UNAVAILABLE, "it is no file"};
  if (found.st_size > static_cast<off_t>(kMaxFileBytes)) {
    return {MOLVA_MALFORMED, "it is longer than 16 MiB"};
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(found.st_size), '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file && !file.eof()) return {MOLVA_UNAVAILABLE, "the file cannot be read"};
  text.resize(static_cast<std::size_t>(file.gcount()));
  return ParseServers(text, servers);
}

sdk::Outcome PutServer(const std::string& path, std::string_view domain,
                       std::string_view document) {
  const WriteLock lock(path + ".lock");
  if (!lock.is_held()) return {MOLVA_UNAVAILABLE, "the file cannot be locked"};
  Servers servers;
  if (sdk::Outcome read = ReadServers(path, &servers); !read.ok() && read.code != MOLVA_NOT_FOUND) {
    return read;
  }
  std::string& known = servers[std::string(domain)];
  if (known == document) return sdk::Done();
  known = document;
  const std::string fresh = path + ".new";
  if (!WriteWhole(fresh, PrintServers(servers)) || std::rename(fresh.c_str(), path.c_str()) != 0) {
    return {MOLVA_UNAVAILABLE, "the file cannot be written"};
  }
  return sdk::Done();
}

}  // namespace molva::discovery_file
