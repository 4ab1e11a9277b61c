#include "clients/cli/attachments.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "clients/cli/json_text.h"

namespace molva::cli {
namespace {

constexpr std::size_t kMaxNameBytes = 200;
constexpr std::array<std::string_view, 4> kFileKinds = {"EX", "IM", "AU", "VD"};

// The bytes that base64 text stands for, but for its padding.
std::int64_t DecodedBytes(std::string_view base64) {
  return static_cast<std::int64_t>(base64.size() / 4 * 3);
}

// Whether a character began before this byte.
bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

}  // namespace

std::vector<Attachment> FindAttachments(std::string_view content) {
  std::vector<Attachment> files;
  for (const std::string& entity : FindElements(content, "/ent")) {
    const std::string kind = FindText(entity, "/tp").value_or("");
    if (std::find(kFileKinds.begin(), kFileKinds.end(), kind) == kFileKinds.end()) continue;
    Attachment file;
    file.name = FindText(entity, "/data/name").value_or("");
    file.mime = FindText(entity, "/data/mime").value_or("");
    file.url = FindText(entity, "/data/ref").value_or("");
    file.data = FindText(entity, "/data/val").value_or("");
    file.bytes = FindNumber(entity, "/data/size").value_or(DecodedBytes(file.data));
    if (!file.url.empty() || !file.data.empty()) files.push_back(std::move(file));
  }
  return files;
}

std::string ContentWithFile(std::string_view text, const Attachment& file) {
  const std::string data = JsonObject()
                               .Text("mime", file.mime)
                               .Text("name", file.name)
                               .Text("ref", file.url)
                               .Number("size", file.bytes)
                               .Line();
  const std::string entity = JsonObject().Text("tp", "EX").Raw("data", data).Line();
  // At -1 a file belongs to the message as a whole.
  const std::string place = JsonObject().Number("at", -1).Number("len", 0).Number("key", 0).Line();
  return JsonObject()
      .Text("txt", text.empty() ? " " : text)
      .Raw("fmt", JsonArray({place}))
      .Raw("ent", JsonArray({entity}))
      .Line();
}

std::string SafeFileName(std::string_view name, std::string_view otherwise) {
  name = name.substr(std::min(name.find_last_of("/\\") + 1, name.size()));
  std::string safe;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    safe += byte < 0x20 || byte == 0x7f ? '_' : c;
  }
  if (safe.size() > kMaxNameBytes) {
    safe.resize(kMaxNameBytes);
    while (!safe.empty() && IsContinuation(safe.back())) safe.pop_back();
    if (!safe.empty() && static_cast<unsigned char>(safe.back()) >= 0xc0) safe.pop_back();
  }
  safe.erase(0, std::min(safe.find_first_not_of('.'), safe.size()));
  return safe.empty() ? std::string(otherwise) : safe;
}

std::string SizeText(std::int64_t bytes) {
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  double size = static_cast<double>(bytes);
  std::string_view unit;
  for (const std::string_view larger : {"KiB", "MiB", "GiB", "TiB"}) {
    if (size < 1024) break;
    size /= 1024;
    unit = larger;
  }
  return fmt::format("{:.1f} {}", size, unit);
}

}  // namespace molva::cli
