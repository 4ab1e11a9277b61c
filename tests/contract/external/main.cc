// Loads an auth plugin and makes an account with it: exit code 0 if all of that works.
#include <fmt/core.h>

#include "plugin/auth_adapter.h"
#include "plugin/library.h"

int main(int argc, char** argv) {
  using molva::plugin::AuthPlugin;
  using molva::plugin::Library;
  if (argc != 2) return 1;
  const auto library = Library::Load(argv[1], MOLVA_KIND_AUTH);
  if (!library.ok()) {
    fmt::print(stderr, "{}\n", library.status().ToString());
    return 2;
  }
  const auto refused = AuthPlugin::Open(*library, "");
  if (refused.ok()) return 3;
  const auto scheme = AuthPlugin::Open(*library, R"({"word":"mellon"})");
  if (!scheme.ok()) return 4;
  const auto create = molva::auth::Purpose::kCreate;
  if ((*scheme)->Parse(create, "friend").ok() || !(*scheme)->Parse(create, "mellon").ok()) return 5;
  fmt::print("{} {} (ABI {}) works\n", library->name(), library->version(), library->AbiText());
  return 0;
}
