// Fuzzes the file in which discovery_file finds servers: what is taken is written again as it was.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "server_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using molva::discovery_file::ParseServers;
  using molva::discovery_file::PrintServers;
  using molva::discovery_file::Servers;
  Servers servers;
  const auto read = ParseServers({reinterpret_cast<const char*>(data), size}, &servers);
  if (!read.ok()) {
    MOLVA_CHECK(servers.empty() && !read.why.empty(), "a refusal changes nothing and says why");
    return 0;
  }
  Servers again;
  MOLVA_CHECK(ParseServers(PrintServers(servers), &again).ok(), "what was written cannot be read");
  MOLVA_CHECK(again == servers, "a document was changed on the way");
  return 0;
}
