#include "tests/contract/validator/harness.h"

#include "plugin/library.h"

namespace molva::test {

absl::StatusOr<std::unique_ptr<plugin::ValidatorPlugin>> TryOpen(const std::string& name,
                                                                 const std::string& config) {
  const auto library = plugin::Library::Load(
      plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_VALIDATOR, name), MOLVA_KIND_VALIDATOR);
  if (!library.ok()) return library.status();
  return plugin::ValidatorPlugin::Open(*library, config);
}

std::unique_ptr<plugin::ValidatorPlugin> Open(const std::string& name, const std::string& config) {
  auto opened = TryOpen(name, config);
  INFO(opened.status().ToString());
  REQUIRE(opened.ok());
  return *std::move(opened);
}

}  // namespace molva::test
