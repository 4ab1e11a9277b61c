#include "tests/contract/store/postgres_server.h"

#include <fmt/core.h>
#include <stdio.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <thread>

#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

constexpr std::chrono::minutes kMostToStart(2);

// Its standard input ends with this program, and that ends the server.
class PostgresServer {
 public:
  PostgresServer() {
    const std::filesystem::path told = folder_.path() / "dsn";
    process_.reset(::popen(
        fmt::format("exec '{}' hold '{}'", MOLVA_POSTGRES_SERVER, told.string()).c_str(), "we"));
    REQUIRE(process_ != nullptr);
    const auto end = std::chrono::steady_clock::now() + kMostToStart;
    while (!std::filesystem::exists(told)) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    std::ifstream file(told);
    std::getline(file, dsn_);
  }
  const std::string& dsn() const { return dsn_; }

 private:
  struct Closer {
    void operator()(FILE* process) const { ::pclose(process); }
  };

  TempFolder folder_;
  std::unique_ptr<FILE, Closer> process_;
  std::string dsn_;
};

}  // namespace

const std::string& PostgresDsn() {
  static const PostgresServer server;
  return server.dsn();
}

}  // namespace molva::test
