// The identity of an uploaded file, which is also the key to it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace molva::model {

// 64 random bits; zero stands for no file, and never comes out of Parse. A plain value.
//
// Text form: 11 base64url characters (8 bytes, little-endian, no padding).
// Source:    docs/protocol transports §5.
class FileId {
 public:
  constexpr FileId() = default;
  static constexpr FileId FromBits(std::uint64_t bits) { return FileId(bits); }
  // nullopt for what is no id.
  static std::optional<FileId> Parse(std::string_view text);

  std::string ToString() const;
  constexpr std::uint64_t bits() const { return bits_; }
  friend constexpr auto operator<=>(const FileId&, const FileId&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const FileId& id) {
    return H::combine(std::move(state), id.bits_);
  }

 private:
  explicit constexpr FileId(std::uint64_t bits) : bits_(bits) {}
  std::uint64_t bits_ = 0;
};

// Where clients fetch files, before the id.
inline constexpr std::string_view kFileUrl = "/v0/file/s/";

// The file that `url` is of: kFileUrl or nothing, the id, perhaps an ending and a query. nullopt
// for files of other servers, and for what is none. Source: docs/protocol transports §5.
std::optional<FileId> FileIdOfUrl(std::string_view url);
// The files that the attachments of a request name; at most 64 are looked at.
// Source: docs/protocol messages §2.
std::vector<FileId> FilesOf(const std::vector<std::string>& attachments);

}  // namespace molva::model
