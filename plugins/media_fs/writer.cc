#include "writer.h"

#include <array>
#include <utility>

namespace molva::media_fs {
namespace {

constexpr std::size_t kHashBytes = 16;

}  // namespace

Writer::Writer(const Folder& folder, std::string id, Descriptor file)
    : folder_(folder), id_(std::move(id)), file_(std::move(file)) {
  crypto_generichash_init(&hash_, nullptr, 0, kHashBytes);
}

Writer::~Writer() {
  if (!is_kept_) folder_.Abandon(id_);
}

Outcome Writer::Write(std::string_view bytes) {
  crypto_generichash_update(&hash_, reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      is_broken_ = true;
      return SystemFailure("write file " + id_);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Done();
}

Outcome Writer::Finish(std::string* etag) {
  if (is_broken_) return {MOLVA_UNAVAILABLE, "file " + id_ + " was not written whole"};
  if (::fsync(file_.get()) != 0) return SystemFailure("write file " + id_ + " to disk");
  MOLVA_RETURN_UNLESS_OK(folder_.Keep(id_));
  is_kept_ = true;
  std::array<unsigned char, kHashBytes> hash;
  crypto_generichash_final(&hash_, hash.data(), hash.size());
  std::array<char, 2 * kHashBytes + 1> text;
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  *etag = text.data();
  return Done();
}

}  // namespace molva::media_fs
