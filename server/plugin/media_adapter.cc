#include "plugin/media_adapter.h"

#include <absl/time/clock.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "base/status_macros.h"
#include "molva/plugin.hpp"
#include "plugin/open_instance.h"

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

using runtime::CallGate;
using GatePtr = std::shared_ptr<CallGate>;

// Each function by itself.
static_assert(kMediaCalls.size() <= CallGate::kTracks);
constexpr CallGate::Track TrackOf(MediaCall call) { return static_cast<CallGate::Track>(call); }

// Runs `work`, which has no answer but its status, through the gate.
template <typename Work>
absl::Status WaitFor(CallGate& gate, MediaCall call, Work work) {
  return gate
      .Wait<std::monostate>(TrackOf(call),
                            [work = std::move(work)]() mutable -> absl::StatusOr<std::monostate> {
                              MOLVA_RETURN_IF_ERROR(work());
                              return std::monostate();
                            })
      .status();
}

}  // namespace

// What every call touches: stays until none runs.
struct MediaPlugin::Held {
  explicit Held(const Library& library)
      : api(library.media_api()),
        calls(std::make_shared<CallStats>(library.Label(), kMediaCalls)),
        host(fmt::format("media {}", library.name())) {}
  ~Held() {
    if (instance != nullptr) api.close(instance);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  absl::StatusOr<molva_media_writer*> Create(const std::string& id, const std::string& mime) const;
  absl::StatusOr<molva_media_reader*> Open(const std::string& location) const;
  absl::StatusOr<std::string> UrlOf(const std::string& location) const;
  absl::Status Remove(const std::string& location) const;

  const molva_media_api& api;
  const std::shared_ptr<CallStats> calls;  // shared with the metrics
  HostApi host;
  molva_media* instance = nullptr;
};

namespace {

// The plugin's writer; released when nobody has it any more, neither its owner nor a call.
template <typename Held>
struct HeldWriter {
  HeldWriter(std::shared_ptr<const Held> plugin, molva_media_writer* theirs)
      : held(std::move(plugin)), writer(theirs) {}
  ~HeldWriter() { held->api.release_writer(writer); }
  HeldWriter(const HeldWriter&) = delete;
  HeldWriter& operator=(const HeldWriter&) = delete;

  absl::Status Write(const std::string& bytes) const {
    sdk::Collector why;
    CallTimer timer(*held->calls, MediaCall::kWrite);
    const molva_code code = timer.Answered(held->api.write(writer, sdk::Text(bytes), why.sink()));
    return StatusOf(code, why.First());
  }
  absl::StatusOr<media::StoredFile> Finish() const {
    sdk::Collector location(kMaxLocationBytes);
    sdk::Collector etag(kMaxEtagBytes);
    sdk::Collector why;
    CallTimer timer(*held->calls, MediaCall::kFinish);
    const molva_code code =
        timer.Answered(held->api.finish(writer, location.sink(), etag.sink(), why.sink()));
    if (code != MOLVA_OK) return StatusOf(code, why.First());
    if (location.First().empty() || location.overflowed()) return BadMedium("no usable location");
    if (!IsEtag(etag.First()) || etag.overflowed()) return BadMedium("no usable etag");
    return media::StoredFile{location.First(), etag.First()};
  }

  const std::shared_ptr<const Held> held;
  molva_media_writer* const writer;
};

template <typename Held>
class Writer final : public media::FileWriter {
 public:
  Writer(GatePtr gate, std::shared_ptr<const HeldWriter<Held>> held)
      : gate_(std::move(gate)), held_(std::move(held)) {}

  absl::Status Write(std::string_view bytes) override {
    if (bytes.empty()) return absl::OkStatus();
    return WaitFor(*gate_, MediaCall::kWrite,
                   [held = held_, copy = std::string(bytes)] { return held->Write(copy); });
  }
  absl::StatusOr<media::StoredFile> Finish() override {
    return gate_->Wait<media::StoredFile>(TrackOf(MediaCall::kFinish),
                                          [held = held_] { return held->Finish(); });
  }

 private:
  const GatePtr gate_;
  const std::shared_ptr<const HeldWriter<Held>> held_;  // with its calls
};

// As HeldWriter.
template <typename Held>
struct HeldReader {
  HeldReader(std::shared_ptr<const Held> plugin, molva_media_reader* theirs)
      : held(std::move(plugin)), reader(theirs) {}
  ~HeldReader() { held->api.release_reader(reader); }
  HeldReader(const HeldReader&) = delete;
  HeldReader& operator=(const HeldReader&) = delete;

  absl::StatusOr<std::string> ReadAt(std::int64_t offset, std::size_t most) const {
    std::string bytes(most, '\0');
    sdk::Collector why;
    std::size_t got = 0;
    CallTimer timer(*held->calls, MediaCall::kReadAt);
    const molva_code code = timer.Answered(
        held->api.read_at(reader, offset, bytes.data(), bytes.size(), &got, why.sink()));
    if (code != MOLVA_OK) return StatusOf(code, why.First());
    if (got > bytes.size()) return BadMedium("more bytes than were asked for");
    bytes.resize(got);
    return bytes;
  }

  const std::shared_ptr<const Held> held;
  molva_media_reader* const reader;
};

template <typename Held>
class Reader final : public media::FileReader {
 public:
  Reader(GatePtr gate, std::shared_ptr<const HeldReader<Held>> held)
      : gate_(std::move(gate)), held_(std::move(held)) {}

  absl::StatusOr<std::size_t> ReadAt(std::int64_t offset, std::span<char> to) override {
    if (offset < 0) return absl::InvalidArgumentError("the offset is negative");
    if (to.empty()) return std::size_t{0};
    MOLVA_ASSIGN_OR_RETURN(const std::string bytes,
                           gate_->Wait<std::string>(TrackOf(MediaCall::kReadAt),
                                                    [held = held_, offset, most = to.size()] {
                                                      return held->ReadAt(offset, most);
                                                    }));
    std::copy(bytes.begin(), bytes.end(), to.begin());
    return bytes.size();
  }

 private:
  const GatePtr gate_;
  const std::shared_ptr<const HeldReader<Held>> held_;  // with its calls
};

}  // namespace

MediaPlugin::MediaPlugin(const Library& library, const runtime::CallRules& rules)
    : held_(std::make_shared<Held>(library)),
      gate_(std::make_shared<CallGate>(library.Label(), rules)) {}

absl::StatusOr<std::unique_ptr<MediaPlugin>> MediaPlugin::Open(const Library& library,
                                                               const std::string& config,
                                                               const runtime::CallRules& rules) {
  std::unique_ptr<MediaPlugin> plugin(new MediaPlugin(library, rules));
  Held& held = *plugin->held_;
  MOLVA_ASSIGN_OR_RETURN(
      molva_media* const instance,
      OpenInstance<molva_media>(held.host, [&](const molva_sink* why, molva_media** out) {
        CallTimer timer(*held.calls, MediaCall::kOpen);
        return timer.Answered(held.api.open(held.host.table(), sdk::Text(config), why, out));
      }));
  held.instance = instance;
  return plugin;
}

MediaPlugin::~MediaPlugin() { gate_->Stop(absl::Now() + kPartingTime); }

std::shared_ptr<const CallStats> MediaPlugin::calls() const { return held_->calls; }

absl::StatusOr<std::unique_ptr<media::FileWriter>> MediaPlugin::Create(const std::string& id,
                                                                       const std::string& mime) {
  using Theirs = std::shared_ptr<const HeldWriter<Held>>;
  MOLVA_ASSIGN_OR_RETURN(
      Theirs theirs,
      gate_->Wait<Theirs>(
          TrackOf(MediaCall::kCreateFile),
          [held = std::shared_ptr<const Held>(held_), id, mime]() -> absl::StatusOr<Theirs> {
            MOLVA_ASSIGN_OR_RETURN(molva_media_writer * writer, held->Create(id, mime));
            return std::make_shared<const HeldWriter<Held>>(held, writer);
          }));
  return std::make_unique<Writer<Held>>(gate_, std::move(theirs));
}

absl::StatusOr<std::unique_ptr<media::FileReader>> MediaPlugin::Open(const std::string& location) {
  using Theirs = std::shared_ptr<const HeldReader<Held>>;
  MOLVA_ASSIGN_OR_RETURN(
      Theirs theirs,
      gate_->Wait<Theirs>(
          TrackOf(MediaCall::kOpenFile),
          [held = std::shared_ptr<const Held>(held_), location]() -> absl::StatusOr<Theirs> {
            MOLVA_ASSIGN_OR_RETURN(molva_media_reader * reader, held->Open(location));
            return std::make_shared<const HeldReader<Held>>(held, reader);
          }));
  return std::make_unique<Reader<Held>>(gate_, std::move(theirs));
}

absl::StatusOr<std::optional<std::string>> MediaPlugin::UrlOf(const std::string& location) {
  if (held_->api.url_of == nullptr) return std::nullopt;
  MOLVA_ASSIGN_OR_RETURN(std::string url, gate_->Wait<std::string>(TrackOf(MediaCall::kUrlOf),
                                                                   [held = held_, location] {
                                                                     return held->UrlOf(location);
                                                                   }));
  if (url.empty()) return std::nullopt;
  return url;
}

absl::Status MediaPlugin::Remove(const std::string& location) {
  return WaitFor(*gate_, MediaCall::kRemoveFile,
                 [held = held_, location] { return held->Remove(location); });
}

absl::StatusOr<molva_media_writer*> MediaPlugin::Held::Create(const std::string& id,
                                                              const std::string& mime) const {
  sdk::Collector why;
  molva_media_writer* writer = nullptr;
  CallTimer timer(*calls, MediaCall::kCreateFile);
  const molva_code code = timer.Answered(
      api.create_file(instance, sdk::Text(id), sdk::Text(mime), why.sink(), &writer));
  if (code != MOLVA_OK) return StatusOf(code, why.First());
  if (writer == nullptr) return BadMedium("no writer");
  return writer;
}

absl::StatusOr<molva_media_reader*> MediaPlugin::Held::Open(const std::string& location) const {
  sdk::Collector why;
  molva_media_reader* reader = nullptr;
  CallTimer timer(*calls, MediaCall::kOpenFile);
  const molva_code code =
      timer.Answered(api.open_file(instance, sdk::Text(location), why.sink(), &reader));
  if (code != MOLVA_OK) return StatusOf(code, why.First());
  if (reader == nullptr) return BadMedium("no reader");
  return reader;
}

absl::StatusOr<std::string> MediaPlugin::Held::UrlOf(const std::string& location) const {
  sdk::Collector url(kMaxUrlBytes);
  sdk::Collector why;
  CallTimer timer(*calls, MediaCall::kUrlOf);
  const molva_code code =
      timer.Answered(api.url_of(instance, sdk::Text(location), url.sink(), why.sink()));
  if (code != MOLVA_OK) return StatusOf(code, why.First());
  if (url.overflowed() || !IsPrintable(url.First())) return BadMedium("no usable URL");
  return url.First();
}

absl::Status MediaPlugin::Held::Remove(const std::string& location) const {
  sdk::Collector why;
  CallTimer timer(*calls, MediaCall::kRemoveFile);
  const molva_code code =
      timer.Answered(api.remove_file(instance, sdk::Text(location), why.sink()));
  return StatusOf(code, why.First());
}

}  // namespace molva::plugin
