// Writes and reads whole files of a medium.
#pragma once

#include <string>
#include <vector>

#include "media/media.h"
#include "plugin/media_adapter.h"
#include "tests/support/catch.h"

namespace molva::test {

inline media::StoredFile Put(plugin::MediaPlugin& medium, const std::string& id,
                             const std::string& bytes) {
  auto writer = medium.Create(id, "text/plain");
  INFO(writer.status().message());
  REQUIRE(writer.ok());
  REQUIRE((*writer)->Write(bytes).ok());
  auto stored = (*writer)->Finish();
  INFO(stored.status().message());
  REQUIRE(stored.ok());
  return *stored;
}

inline std::string ReadAll(media::FileReader& reader, std::size_t step = 1000) {
  std::string bytes;
  std::vector<char> part(step);
  for (;;) {
    const auto got = reader.ReadAt(static_cast<std::int64_t>(bytes.size()), part);
    REQUIRE(got.ok());
    if (*got == 0) return bytes;
    bytes.append(part.data(), *got);
  }
}

}  // namespace molva::test
