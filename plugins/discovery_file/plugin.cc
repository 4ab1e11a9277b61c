// Finds other servers in a file that a group of operators shares.
#include <sys/stat.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "molva/declare.hpp"
#include "molva/discovery_plugin.h"
#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"
#include "server_list.h"

struct molva_discovery {
  const molva_discovery_client* client = nullptr;
  const molva_host* host = nullptr;
  std::string file;
  bool announces = false;
  molva::discovery_file::Servers servers;  // as last read
  timespec changed{};                      // of the file, then
  std::chrono::steady_clock::time_point looked_at;
};

namespace molva::discovery_file {
namespace {

constexpr std::chrono::seconds kLookEvery(1);

// Reads the file again if it has changed. What cannot be read leaves what is known.
void LookAtFile(molva_discovery& self) {
  const auto now = std::chrono::steady_clock::now();
  if (now - self.looked_at < kLookEvery) return;
  self.looked_at = now;
  struct stat found{};
  if (::stat(self.file.c_str(), &found) != 0) found = {};
  if (found.st_mtim.tv_sec == self.changed.tv_sec &&
      found.st_mtim.tv_nsec == self.changed.tv_nsec) {
    return;
  }
  self.changed = found.st_mtim;
  const sdk::Outcome read = ReadServers(self.file, &self.servers);
  if (!read.ok()) sdk::Logger(self.host).Warning(self.file + " is not taken over: " + read.why);
}

molva_code Open(const molva_host* host, const molva_discovery_client* client, molva_text text,
                const molva_sink* why, molva_discovery** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    sdk::Config config(text);
    auto self = std::make_unique<molva_discovery>();
    self->client = client;
    self->host = host;
    self->file = config.Text("file", "");
    self->announces = config.Flag("announce", false);
    if (const std::string error = config.Finish(); !error.empty()) return {MOLVA_MALFORMED, error};
    if (self->file.empty()) return {MOLVA_MALFORMED, "file: must be the path of a file"};
    const sdk::Outcome read = ReadServers(self->file, &self->servers);
    if (!read.ok() && read.code != MOLVA_NOT_FOUND) {
      return {MOLVA_MALFORMED, "file: " + self->file + ": " + read.why};
    }
    *out = self.release();
    return sdk::Done();
  });
}

void Close(molva_discovery* self) { std::unique_ptr<molva_discovery>(self).reset(); }

void Answer(const molva_discovery& self, std::uint64_t token, molva_code code,
            std::string_view document, std::string_view why) {
  self.client->answer(self.client->context, token, code, sdk::Text(document), sdk::Text(why));
}

void Find(molva_discovery* self, std::uint64_t token, molva_text domain) {
  std::string_view document;
  molva_code code = MOLVA_INTERNAL;
  const auto find = [&] {
    LookAtFile(*self);
    const auto found = self->servers.find(sdk::View(domain));
    code = found == self->servers.end() ? MOLVA_NOT_FOUND : MOLVA_OK;
    if (code == MOLVA_OK) document = found->second;
  };
  sdk::GuardedVoid(find, [] {});
  Answer(*self, token, code, document, code == MOLVA_OK ? "" : "not in the file");
}

void Announce(molva_discovery* self, std::uint64_t token, molva_text domain, molva_text document) {
  if (!self->announces) return Answer(*self, token, MOLVA_UNSUPPORTED, "", "announce is off");
  sdk::Outcome outcome{MOLVA_INTERNAL, ""};
  const auto put = [&] { outcome = PutServer(self->file, sdk::View(domain), sdk::View(document)); };
  sdk::GuardedVoid(put, [] {});
  Answer(*self, token, outcome.code, "", outcome.why);
}

constexpr molva_discovery_api kApi = {sizeof(molva_discovery_api), 0, Open, Close, Find, Announce};
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("file", nullptr, "The file with the servers of the group."),
    sdk::BoolSetting("announce", "false", "Whether this node writes its own document into it."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_DISCOVERY, "file", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::discovery_file

const molva_plugin* molva_plugin_v1() { return &molva::discovery_file::kPlugin; }
