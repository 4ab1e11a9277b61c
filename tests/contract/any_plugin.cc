#include "tests/contract/any_plugin.h"

#include <elf.h>
#include <link.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "plugin/auth_adapter.h"
#include "plugin/discovery_adapter.h"
#include "plugin/media_adapter.h"
#include "plugin/moderation_adapter.h"
#include "plugin/push_adapter.h"
#include "plugin/store_adapter.h"
#include "plugin/validator_adapter.h"

namespace molva::test {
namespace {

template <typename Plugin>
absl::StatusOr<AnyPlugin> Shared(absl::StatusOr<std::unique_ptr<Plugin>> opened) {
  if (!opened.ok()) return opened.status();
  return AnyPlugin(std::shared_ptr<Plugin>(*std::move(opened)));
}

// A struct of the file at `offset`; zeros if the file is too short.
template <typename Struct>
Struct At(const std::string& file, std::size_t offset) {
  Struct found{};
  if (offset <= file.size() && file.size() - offset >= sizeof found) {
    std::memcpy(&found, file.data() + offset, sizeof found);
  }
  return found;
}

}  // namespace

absl::StatusOr<AnyPlugin> OpenAny(const plugin::Library& library, const std::string& config) {
  switch (library.kind()) {
    case MOLVA_KIND_STORE:
      return Shared(plugin::StorePlugin::Open(library, config));
    case MOLVA_KIND_AUTH:
      return Shared(plugin::AuthPlugin::Open(library, config));
    case MOLVA_KIND_VALIDATOR:
      return Shared(plugin::ValidatorPlugin::Open(library, config));
    case MOLVA_KIND_PUSH:
      return Shared(plugin::PushPlugin::Open(library, config, {}));
    case MOLVA_KIND_MODERATION:
      return Shared(plugin::ModerationPlugin::Open(library, config));
    case MOLVA_KIND_DISCOVERY:
      return Shared(plugin::DiscoveryPlugin::Open(library, config));
    default:
      return Shared(plugin::MediaPlugin::Open(library, config));
  }
}

std::vector<std::string> ExportsOf(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string file{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  std::vector<std::string> names;
  const auto header = At<ElfW(Ehdr)>(file, 0);
  const auto section = [&](std::size_t index) {
    return At<ElfW(Shdr)>(file, header.e_shoff + index * sizeof(ElfW(Shdr)));
  };
  for (std::size_t i = 0; i < header.e_shnum; ++i) {
    const ElfW(Shdr) symbols = section(i);
    if (symbols.sh_type != SHT_DYNSYM) continue;
    const std::size_t texts = section(symbols.sh_link).sh_offset;
    for (std::size_t at = 0; at + sizeof(ElfW(Sym)) <= symbols.sh_size; at += sizeof(ElfW(Sym))) {
      const auto symbol = At<ElfW(Sym)>(file, symbols.sh_offset + at);
      const bool is_local = (symbol.st_info >> 4) == STB_LOCAL;  // the same for both word sizes
      if (is_local || symbol.st_shndx == SHN_UNDEF || symbol.st_shndx == SHN_ABS) continue;
      const std::size_t name = texts + symbol.st_name;
      if (name < file.size()) names.emplace_back(file.c_str() + name);
    }
  }
  return names;
}

}  // namespace molva::test
