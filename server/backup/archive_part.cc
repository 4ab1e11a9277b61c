#include "backup/archive_part.h"

#include <algorithm>

#include "backup/fields.h"
#include "backup/hasher.h"

namespace molva::backup {
namespace {

constexpr std::size_t kMaxNameBytes = 100;
constexpr std::size_t kMaxVersionBytes = 100;
constexpr std::size_t kMaxLocationBytes = 1024;
constexpr std::size_t kMaxMimeBytes = 1024;
constexpr std::size_t kSumLetters = 2 * kHashBytes;

// One function for each kind writes its body; AppendFields and TakeFields stand in pairs.
void AppendFields(const ArchiveHeader& header, std::string& body) {
  AppendInteger(kArchiveForm, body);
  AppendText<std::uint16_t>(header.node_version, body);
  AppendInteger(header.created, body);
}
bool TakeFields(FieldCursor& cursor, ArchiveHeader& header) {
  std::uint16_t form = 0;
  std::string_view version;
  if (!cursor.TakeInteger(form) || form != kArchiveForm ||
      !cursor.TakeText<std::uint16_t>(version) || version.size() > kMaxVersionBytes) {
    return false;
  }
  header.node_version = version;
  return cursor.TakeInteger(header.created);
}

void AppendFields(const KeyFile& key, std::string& body) {
  AppendText<std::uint16_t>(key.name, body);
  AppendText<std::uint32_t>(key.bytes, body);
}
bool TakeFields(FieldCursor& cursor, KeyFile& key) {
  std::string_view name;
  std::string_view bytes;
  if (!cursor.TakeText<std::uint16_t>(name) || !IsKeyName(name) ||
      !cursor.TakeText<std::uint32_t>(bytes) || bytes.size() > kMaxKeyBytes) {
    return false;
  }
  key = {std::string(name), std::string(bytes)};
  return true;
}

void AppendFields(const RecordBatch& batch, std::string& body) {
  for (const std::string& record : batch.records) AppendText<std::uint32_t>(record, body);
}
bool TakeFields(FieldCursor& cursor, RecordBatch& batch) {
  while (!cursor.at_end()) {
    std::string_view record;
    if (!cursor.TakeText<std::uint32_t>(record) || record.empty()) return false;
    batch.records.emplace_back(record);
  }
  return !batch.records.empty();
}

void AppendFields(const FileStart& file, std::string& body) {
  AppendInteger(file.id.bits(), body);
  AppendText<std::uint16_t>(file.location, body);
  AppendText<std::uint16_t>(file.mime, body);
}
bool TakeId(FieldCursor& cursor, model::FileId& id) {
  std::uint64_t bits = 0;
  if (!cursor.TakeInteger(bits) || bits == 0) return false;
  id = model::FileId::FromBits(bits);
  return true;
}
bool TakeFields(FieldCursor& cursor, FileStart& file) {
  std::string_view location;
  std::string_view mime;
  if (!TakeId(cursor, file.id) || !cursor.TakeText<std::uint16_t>(location) ||
      location.size() > kMaxLocationBytes || !cursor.TakeText<std::uint16_t>(mime) ||
      mime.size() > kMaxMimeBytes) {
    return false;
  }
  file.location = location;
  file.mime = mime;
  return true;
}

void AppendFields(const FileBlock& block, std::string& body) {
  AppendText<std::uint32_t>(block.bytes, body);
}
bool TakeFields(FieldCursor& cursor, FileBlock& block) {
  std::string_view bytes;
  if (!cursor.TakeText<std::uint32_t>(bytes) || bytes.empty()) return false;
  block.bytes = bytes;
  return true;
}

void AppendFields(const FileEnd& end, std::string& body) { body += end.hash; }
bool TakeFields(FieldCursor& cursor, FileEnd& end) {
  std::string_view hash;
  if (!cursor.Take(kHashBytes, hash)) return false;
  end.hash = hash;
  return true;
}

void AppendFields(const AbsentFile& file, std::string& body) {
  AppendInteger(file.id.bits(), body);
  AppendInteger(static_cast<std::uint8_t>(file.why), body);
}
bool TakeFields(FieldCursor& cursor, AbsentFile& file) {
  std::uint8_t why = 0;
  if (!TakeId(cursor, file.id) || !cursor.TakeInteger(why)) return false;
  file.why = static_cast<Absence>(why);
  return file.why == Absence::kCollected || file.why == Absence::kMissing;
}

void AppendFields(const ArchiveEnd& end, std::string& body) {
  for (const std::uint64_t count :
       {end.keys, end.records, end.files, end.file_bytes, end.collected, end.missing}) {
    AppendInteger(count, body);
  }
  body += end.record_sum;
}
bool TakeFields(FieldCursor& cursor, ArchiveEnd& end) {
  for (std::uint64_t* count :
       {&end.keys, &end.records, &end.files, &end.file_bytes, &end.collected, &end.missing}) {
    if (!cursor.TakeInteger(*count)) return false;
  }
  std::string_view sum;
  if (!cursor.Take(kSumLetters, sum)) return false;
  end.record_sum = sum;
  return true;
}

template <typename Part>
std::optional<ArchivePart> DecodeAs(std::string_view body) {
  FieldCursor cursor(body);
  Part part;
  if (!TakeFields(cursor, part) || !cursor.at_end()) return std::nullopt;
  return part;
}

// The decoders of all kinds, in their order.
template <typename... Parts>
std::optional<ArchivePart> DecodeKind(std::uint8_t kind, std::string_view body,
                                      const std::variant<Parts...>* /*kinds*/) {
  constexpr std::optional<ArchivePart> (*kDecoders[])(std::string_view) = {&DecodeAs<Parts>...};
  if (kind == 0 || kind > sizeof...(Parts)) return std::nullopt;
  return kDecoders[kind - 1](body);
}

bool IsPlainName(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), is_plain);
}

}  // namespace

bool IsKeyName(std::string_view name) {
  if (name.size() > kMaxNameBytes) return false;
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return IsPlainName(name);
  return IsPlainName(name.substr(0, slash)) && IsPlainName(name.substr(slash + 1));
}

std::string EncodeBody(const ArchivePart& part) {
  std::string body;
  std::visit([&](const auto& one) { AppendFields(one, body); }, part);
  return body;
}

std::optional<ArchivePart> DecodeBody(std::uint8_t kind, std::string_view body) {
  return DecodeKind(kind, body, static_cast<const ArchivePart*>(nullptr));
}

}  // namespace molva::backup
