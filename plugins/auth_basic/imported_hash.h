// Hashes that another server has made and that came here with its accounts: bcrypt.
#pragma once

#include <string_view>

namespace molva::auth_basic {

// Whether `hash` is a bcrypt hash that may be checked: "$2a$", "$2b$" or "$2y$", a cost, salt and
// hash. A cost beyond kMaxBcryptCost would keep a thread busy for too long, and is none.
bool IsImported(std::string_view hash);
inline constexpr int kMaxBcryptCost = 15;

// Whether `password` is the one that `hash`, for which IsImported is true, was made of. Costs what
// the hash says.
bool MatchesImported(std::string_view hash, std::string_view password);

}  // namespace molva::auth_basic
