// A real authoritative name server for tests: Knot, with zones that it signs itself.
#pragma once

#include <sys/types.h>

#include <string>

#include "tests/support/temporary_folder.h"

namespace molva::test {

// Serves a.example (signed) and plain.example (not signed) with the same records on a port of
// 127.0.0.1, as a process of its own that ends with this object.
class NameServer {
 public:
  // `records` are lines of a zone file, relative to the zone.
  explicit NameServer(const std::string& records);
  ~NameServer();
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  // As federation.resolver takes it.
  std::string address() const { return "127.0.0.1@" + std::to_string(port_); }
  // A file that says which keys sign a.example.
  std::string anchor() const { return folder_ / "a.anchor"; }
  // The same keys, said to be those of plain.example: nothing of that zone is then genuine.
  std::string false_anchor() const { return folder_ / "plain.anchor"; }

 private:
  void WriteFiles(const std::string& records) const;
  void WriteAnchors() const;

  TemporaryFolder folder_;
  int port_;
  pid_t process_ = 0;
};

}  // namespace molva::test
