// The medium "@NAME@": the bytes of files in one folder, a file each.
//
// How a medium works: the host gives a new id and writes the bytes; "finish" says where they are
// and what their etag is. Who may read a file, and when it goes, is the host's business.
// molva/media_plugin.h is the contract.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <molva/media_plugin.h>
#include <molva/declare.hpp>
#include <molva/plugin.hpp>
#include <molva/settings.hpp>

// What belongs to one open plugin. Functions of several threads read it at once.
struct molva_media {
  std::string folder;
  std::string PathOf(std::string_view id) const { return folder + "/" + std::string(id); }
};

// A file that is being written: under another name, until it is whole.
struct molva_media_writer {
  std::string id;
  std::string path;
  std::string part;
  int file = -1;
  std::uint64_t hash = 0xcbf29ce484222325;
  bool is_done = false;

  ~molva_media_writer() {
    if (file >= 0) ::close(file);
    if (!is_done) ::unlink(part.c_str());
  }
};

struct molva_media_reader {
  int file = -1;
  ~molva_media_reader() {
    if (file >= 0) ::close(file);
  }
};

namespace {

namespace sdk = molva::sdk;

sdk::Outcome Failed(std::string_view what) {
  return {MOLVA_UNAVAILABLE, "cannot " + std::string(what)};
}

// What comes from outside must never become a path.
bool IsId(std::string_view id) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return id.size() == 11 && id.find_first_not_of(kLetters) == std::string_view::npos;
}

// A name in a folder survives a loss of power only when the folder is synchronised too.
bool SyncFolder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return false;
  const bool is_done = ::fsync(folder) == 0;
  ::close(folder);
  return is_done;
}

// Reads the settings. A plugin that cannot work says why in one sentence, and the node does not
// start. No exception may leave the plugin: GuardedOutcome turns one into a code.
molva_code Open(const molva_host*, molva_text config, const molva_sink* why, molva_media** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    sdk::Settings settings(config);
    auto self = std::make_unique<molva_media>();
    self->folder = settings.Text("folder", "");
    if (self->folder.empty()) settings.Refuse("folder", "must be the path of a folder");
    if (std::string error = settings.Finish(); !error.empty()) return {MOLVA_MALFORMED, error};
    if (::mkdir(self->folder.c_str(), 0700) != 0 && errno != EEXIST) {
      return Failed("make the folder");
    }
    *out = self.release();
    return sdk::Done();
  });
}

void Close(molva_media* self) { std::unique_ptr<molva_media>(self).reset(); }

molva_code CreateFile(molva_media* self, molva_text id, molva_text, const molva_sink* why,
                      molva_media_writer** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    if (!IsId(sdk::View(id))) return {MOLVA_MALFORMED, "that is no id"};
    auto writer = std::make_unique<molva_media_writer>();
    const std::string path = self->PathOf(sdk::View(id));
    const std::string part = path + ".part";
    if (::access(path.c_str(), F_OK) == 0) return {MOLVA_ALREADY_EXISTS, "there is such a file"};
    const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) return {MOLVA_ALREADY_EXISTS, "it is being written"};
    if (file < 0) return Failed("make a file");
    writer->id = sdk::Copy(id);
    writer->path = path;
    writer->part = part;
    writer->file = file;
    *out = writer.release();
    return sdk::Done();
  });
}

molva_code Write(molva_media_writer* writer, molva_text text, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    std::string_view bytes = sdk::View(text);
    // FNV-1a: the same bytes have the same etag. Take a real hash where people choose the bytes.
    for (const char c : bytes) {
      writer->hash = (writer->hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    while (!bytes.empty()) {
      const ssize_t count = ::write(writer->file, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return Failed("write");
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return sdk::Done();
  });
}

// OK means durable: the bytes first, then the name, then the folder.
molva_code Finish(molva_media_writer* writer, const molva_sink* location, const molva_sink* etag,
                  const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    if (::fsync(writer->file) != 0) return Failed("synchronise");
    if (::rename(writer->part.c_str(), writer->path.c_str()) != 0) return Failed("rename");
    writer->is_done = true;
    if (!SyncFolder(writer->path.substr(0, writer->path.rfind('/')))) {
      ::unlink(writer->path.c_str());
      return Failed("synchronise the folder");
    }
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%016llx",
                  static_cast<unsigned long long>(writer->hash));
    sdk::Put(location, writer->id);
    sdk::Put(etag, text.data());
    return sdk::Done();
  });
}

void ReleaseWriter(molva_media_writer* writer) {
  std::unique_ptr<molva_media_writer>(writer).reset();
}

molva_code OpenFile(molva_media* self, molva_text location, const molva_sink* why,
                    molva_media_reader** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    if (!IsId(sdk::View(location))) return {MOLVA_NOT_FOUND, "there is no such file"};
    auto reader = std::make_unique<molva_media_reader>();
    reader->file = ::open(self->PathOf(sdk::View(location)).c_str(), O_RDONLY | O_CLOEXEC);
    if (reader->file < 0 && errno == ENOENT) return {MOLVA_NOT_FOUND, "there is no such file"};
    if (reader->file < 0) return Failed("open a file");
    *out = reader.release();
    return sdk::Done();
  });
}

molva_code ReadAt(molva_media_reader* reader, int64_t offset, char* to, size_t size, size_t* got,
                  const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    const ssize_t count = ::pread(reader->file, to, size, offset);
    if (count < 0) return Failed("read");
    *got = static_cast<size_t>(count);
    return sdk::Done();
  });
}

void ReleaseReader(molva_media_reader* reader) {
  std::unique_ptr<molva_media_reader>(reader).reset();
}

// A file that is gone already is removed.
molva_code RemoveFile(molva_media* self, molva_text location, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    if (!IsId(sdk::View(location))) return sdk::Done();
    const std::string path = self->PathOf(sdk::View(location));
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return Failed("remove a file");
    return sdk::Done();
  });
}

constexpr molva_media_api MakeApi() {
  molva_media_api api{};
  api.struct_size = sizeof api;
  api.open = Open;
  api.close = Close;
  api.create_file = CreateFile;
  api.write = Write;
  api.finish = Finish;
  api.release_writer = ReleaseWriter;
  api.open_file = OpenFile;
  api.read_at = ReadAt;
  api.release_reader = ReleaseReader;
  api.remove_file = RemoveFile;
  return api;
}
constexpr molva_media_api kApi = MakeApi();
// What [plugin.media_@NAME@] may hold: the node checks it, and `molvad plugins` lists it.
// So does it the licence at the end, which is yours to choose.
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("folder", nullptr, "Where the files are."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_MEDIA, "@NAME@", "0.1", &kApi, kSettings, "Apache-2.0");

}  // namespace

// The one function that the host looks for.
const molva_plugin* molva_plugin_v1() { return &kPlugin; }
