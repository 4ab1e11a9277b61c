// What all sources of settings share: checking a value and storing it, or saying what is wrong.
#pragma once

#include <string>
#include <string_view>

#include "config/config.h"
#include "config/parse.h"

namespace molva::config {

// The file that the `_file` key of a secret names is not longer than this.
inline constexpr std::size_t kMaxSecretBytes = 64 << 10;

// The secret row that `name` is the `_file` form of, or nullptr.
const Setting* FindSecretOfFile(Rows rows, std::string_view name);

// Stores `text` under `row`.
void AssignText(const Setting& row, std::string_view text, Origin origin, std::string_view place,
                Config& config, Problems& problems);
// Stores a value that already has the row's type.
void AssignValue(const Setting& row, Value value, Origin origin, std::string_view place,
                 Config& config, Problems& problems);
// Stores the contents of the file `path` under the secret `row`, without a trailing line end.
void AssignSecretFile(const Setting& row, const std::string& path, Origin origin,
                      std::string_view place, Config& config, Problems& problems);

}  // namespace molva::config
