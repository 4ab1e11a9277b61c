// Files in one folder: the C table over Folder and Writer.
#include <sodium.h>

#include <array>
#include <memory>
#include <string>

#include "folder.h"
#include "molva/declare.hpp"
#include "molva/media_plugin.h"
#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"
#include "writer.h"

struct molva_media {
  molva::media_fs::Folder folder;
};
struct molva_media_writer : molva::media_fs::Writer {
  using Writer::Writer;
};
struct molva_media_reader {
  molva::media_fs::Descriptor file;
};

namespace molva::media_fs {
namespace {

molva_code Open(const molva_host*, molva_text text, const molva_sink* why, molva_media** out) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    sdk::Config config(text);
    const std::string path = config.Text("folder", "");
    const std::string error = config.Finish();
    if (!error.empty()) return {MOLVA_MALFORMED, error};
    if (path.empty() || path.find('\0') != std::string::npos) {
      return {MOLVA_MALFORMED, "\"folder\" must be a path"};
    }
    if (sodium_init() < 0) return {MOLVA_INTERNAL, "libsodium does not start"};
    auto self = std::make_unique<molva_media>();
    MOLVA_RETURN_UNLESS_OK(self->folder.Open(path));
    *out = self.release();
    return Done();
  });
}

void Close(molva_media* self) { std::unique_ptr<molva_media>(self).reset(); }

molva_code CreateFile(molva_media* self, molva_text id, molva_text, const molva_sink* why,
                      molva_media_writer** out) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    if (!IsId(sdk::View(id))) return {MOLVA_MALFORMED, "the id is none"};
    const std::string name = sdk::Copy(id);
    Descriptor file;
    MOLVA_RETURN_UNLESS_OK(self->folder.Begin(name, &file));
    *out = std::make_unique<molva_media_writer>(self->folder, name, std::move(file)).release();
    return Done();
  });
}

molva_code Write(molva_media_writer* writer, molva_text bytes, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&] { return writer->Write(sdk::View(bytes)); });
}

molva_code Finish(molva_media_writer* writer, const molva_sink* location, const molva_sink* etag,
                  const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    std::string hash;
    MOLVA_RETURN_UNLESS_OK(writer->Finish(&hash));
    sdk::Put(location, writer->id());
    sdk::Put(etag, hash);
    return Done();
  });
}

void ReleaseWriter(molva_media_writer* writer) {
  std::unique_ptr<molva_media_writer>(writer).reset();
}

molva_code OpenFile(molva_media* self, molva_text location, const molva_sink* why,
                    molva_media_reader** out) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    if (!IsId(sdk::View(location))) return {MOLVA_NOT_FOUND, "the location is none"};
    auto reader = std::make_unique<molva_media_reader>();
    MOLVA_RETURN_UNLESS_OK(self->folder.OpenFile(sdk::Copy(location), &reader->file));
    *out = reader.release();
    return Done();
  });
}

molva_code ReadAt(molva_media_reader* reader, int64_t offset, char* to, size_t size, size_t* got,
                  const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    ssize_t count = 0;
    do {
      count = ::pread(reader->file.get(), to, size, offset);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return SystemFailure("read a file");
    *got = static_cast<size_t>(count);
    return Done();
  });
}

void ReleaseReader(molva_media_reader* reader) {
  std::unique_ptr<molva_media_reader>(reader).reset();
}

molva_code RemoveFile(molva_media* self, molva_text location, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    if (!IsId(sdk::View(location))) return Done();  // nothing is kept under such a name
    return self->folder.Remove(sdk::Copy(location));
  });
}

constexpr molva_media_api kApi = {
    sizeof(molva_media_api), 0,        Open,   Close,         CreateFile, Write,  Finish,
    ReleaseWriter,           OpenFile, ReadAt, ReleaseReader, RemoveFile, nullptr};
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("folder", "",
                     "Where the files are; media.fs.folder or a folder in node.data."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_MEDIA, "fs", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::media_fs

const molva_plugin* molva_plugin_v1() { return &molva::media_fs::kPlugin; }
