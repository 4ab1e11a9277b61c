#include "tests/contract/push/harness.h"

#include "plugin/library.h"

namespace molva::test {

absl::StatusOr<std::unique_ptr<plugin::PushPlugin>> TryOpen(const std::string& name,
                                                            const std::string& config,
                                                            plugin::PushOptions options) {
  const auto library = plugin::Library::Load(
      plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_PUSH, name), MOLVA_KIND_PUSH);
  if (!library.ok()) return library.status();
  return plugin::PushPlugin::Open(*library, config, std::move(options));
}

std::unique_ptr<plugin::PushPlugin> Open(const std::string& name, const std::string& config,
                                         plugin::PushOptions options) {
  auto opened = TryOpen(name, config, std::move(options));
  INFO(opened.status().ToString());
  REQUIRE(opened.ok());
  return *std::move(opened);
}

}  // namespace molva::test
