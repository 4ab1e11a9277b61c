#include "plugin/media_adapter.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "molva/plugin.hpp"

namespace molva::plugin {
namespace {

constexpr std::size_t kMaxLocationBytes = 1024;
constexpr std::size_t kMaxEtagBytes = 128;
constexpr std::size_t kMaxUrlBytes = 4096;

enum class MediaCall {
  kOpen,
  kCreateFile,
  kWrite,
  kFinish,
  kOpenFile,
  kReadAt,
  kRemoveFile,
  kUrlOf
};
constexpr std::array<std::string_view, 8> kMediaCalls = {
    "open", "create_file", "write", "finish", "open_file", "read_at", "remove_file", "url_of"};

absl::Status BadMedium(std::string_view why) {
  return absl::InternalError(fmt::format("media plugin gave {}", why));
}

// Both go into a header of HTTP as they are.
bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}
bool IsEtag(std::string_view text) {
  return !text.empty() && IsPrintable(text) && text.find('"') == std::string_view::npos;
}

// Owns: the plugin's writer.
// Borrows: the table and the figures.
class Writer final : public media::FileWriter {
 public:
  Writer(const molva_media_api& api, CallStats& calls, molva_media_writer* writer)
      : api_(api), calls_(calls), writer_(writer) {}
  ~Writer() override { api_.release_writer(writer_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  absl::Status Write(std::string_view bytes) override {
    if (bytes.empty()) return absl::OkStatus();
    sdk::Collector why;
    CallTimer timer(calls_, MediaCall::kWrite);
    const molva_code code = timer.Answered(api_.write(writer_, sdk::Text(bytes), why.sink()));
    return StatusOf(code, why.First());
  }
  absl::StatusOr<media::StoredFile> Finish() override {
    sdk::Collector location(kMaxLocationBytes);
    sdk::Collector etag(kMaxEtagBytes);
    sdk::Collector why;
    CallTimer timer(calls_, MediaCall::kFinish);
    const molva_code code =
        timer.Answered(api_.finish(writer_, location.sink(), etag.sink(), why.sink()));
    if (code != MOLVA_OK) return StatusOf(code, why.First());
    if (location.First().empty() || location.overflowed()) return BadMedium("no usable location");
    if (!IsEtag(etag.First()) || etag.overflowed()) return BadMedium("no usable etag");
    return media::StoredFile{location.First(), etag.First()};
  }

 private:
  const molva_media_api& api_;
  CallStats& calls_;
  molva_media_writer* const writer_;
};

// Owns: the plugin's reader.
// Borrows: the table and the figures.
class Reader final : public media::FileReader {
 public:
  Reader(const molva_media_api& api, CallStats& calls, molva_media_reader* reader)
      : api_(api), calls_(calls), reader_(reader) {}
  ~Reader() override { api_.release_reader(reader_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  absl::StatusOr<std::size_t> ReadAt(std::int64_t offset, std::span<char> to) override {
    if (offset < 0) return absl::InvalidArgumentError("the offset is negative");
    if (to.empty()) return std::size_t{0};
    sdk::Collector why;
    std::size_t got = 0;
    CallTimer timer(calls_, MediaCall::kReadAt);
    const molva_code code =
        timer.Answered(api_.read_at(reader_, offset, to.data(), to.size(), &got, why.sink()));
    if (code != MOLVA_OK) return StatusOf(code, why.First());
    if (got > to.size()) return BadMedium("more bytes than were asked for");
    return got;
  }

 private:
  const molva_media_api& api_;
  CallStats& calls_;
  molva_media_reader* const reader_;
};

}  // namespace

MediaPlugin::MediaPlugin(const Library& library)
    : api_(library.media_api()),
      calls_(std::make_shared<CallStats>(library.Label(), kMediaCalls)),
      host_(fmt::format("media {}", library.name())) {}

absl::StatusOr<std::unique_ptr<MediaPlugin>> MediaPlugin::Open(const Library& library,
                                                               const std::string& config) {
  std::unique_ptr<MediaPlugin> plugin(new MediaPlugin(library));
  sdk::Collector why;
  molva_media* instance = nullptr;
  CallTimer timer(*plugin->calls_, MediaCall::kOpen);
  const molva_code code = timer.Answered(
      plugin->api_.open(plugin->host_.table(), sdk::Text(config), why.sink(), &instance));
  if (code != MOLVA_OK) {
    return StatusOf(code, fmt::format("{}: {}", plugin->host_.plugin_name(), why.First()));
  }
  if (instance == nullptr) {
    return absl::InternalError(
        fmt::format("{}: opened, but gave no instance", plugin->host_.plugin_name()));
  }
  plugin->instance_ = instance;
  return plugin;
}

MediaPlugin::~MediaPlugin() {
  if (instance_ != nullptr) api_.close(instance_);
}

absl::StatusOr<std::unique_ptr<media::FileWriter>> MediaPlugin::Create(const std::string& id,
                                                                       const std::string& mime) {
  sdk::Collector why;
  molva_media_writer* writer = nullptr;
  CallTimer timer(*calls_, MediaCall::kCreateFile);
  const molva_code code = timer.Answered(
      api_.create_file(instance_, sdk::Text(id), sdk::Text(mime), why.sink(), &writer));
  if (code != MOLVA_OK) return StatusOf(code, why.First());
  if (writer == nullptr) return BadMedium("no writer");
  return std::make_unique<Writer>(api_, *calls_, writer);
}

absl::StatusOr<std::unique_ptr<media::FileReader>> MediaPlugin::Open(const std::string& location) {
  sdk::Collector why;
  molva_media_reader* reader = nullptr;
  CallTimer timer(*calls_, MediaCall::kOpenFile);
  const molva_code code =
      timer.Answered(api_.open_file(instance_, sdk::Text(location), why.sink(), &reader));
  if (code != MOLVA_OK) return StatusOf(code, why.First());
  if (reader == nullptr) return BadMedium("no reader");
  return std::make_unique<Reader>(api_, *calls_, reader);
}

absl::StatusOr<std::optional<std::string>> MediaPlugin::UrlOf(const std::string& location) {
  if (api_.url_of == nullptr) return std::nullopt;
  sdk::Collector url(kMaxUrlBytes);
  sdk::Collector why;
  CallTimer timer(*calls_, MediaCall::kUrlOf);
  const molva_code code =
      timer.Answered(api_.url_of(instance_, sdk::Text(location), url.sink(), why.sink()));
  if (code != MOLVA_OK) return StatusOf(code, why.First());
  if (url.overflowed() || !IsPrintable(url.First())) return BadMedium("no usable URL");
  if (url.First().empty()) return std::nullopt;
  return url.First();
}

absl::Status MediaPlugin::Remove(const std::string& location) {
  sdk::Collector why;
  CallTimer timer(*calls_, MediaCall::kRemoveFile);
  const molva_code code =
      timer.Answered(api_.remove_file(instance_, sdk::Text(location), why.sink()));
  return StatusOf(code, why.First());
}

}  // namespace molva::plugin
