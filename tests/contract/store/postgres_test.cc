// What a store on a server owes beyond the rules: one node at a time, lost connections, commits
// whose answer was lost, values that the server refuses.
#include <fmt/core.h>
#include <libpq-fe.h>

#include <functional>
#include <future>
#include <memory>
#include <thread>

#include "tests/contract/store/harness.h"
#include "tests/contract/store/postgres_server.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line

// The server as its operator sees it.
class Operator {
 public:
  Operator() : handle_(PQconnectdb(PostgresDsn().c_str())) {
    REQUIRE(PQstatus(handle_.get()) == CONNECTION_OK);
  }
  // The first value of the answer; empty if there is none.
  std::string Ask(const std::string& sql) {
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
        PQexec(handle_.get(), sql.c_str()), [](PGresult* done) { PQclear(done); });
    INFO(sql << ": " << PQerrorMessage(handle_.get()));
    const ExecStatusType status = PQresultStatus(result.get());
    REQUIRE((status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK));
    return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
  }
  // Or until `is_enough`.
  void WaitUntil(
      const std::string& sql, const std::function<bool()>& is_enough = [] { return false; }) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (Ask(sql) != "t" && !is_enough()) {
      INFO(sql);
      REQUIRE(std::chrono::steady_clock::now() < end);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  // Ends the sessions of nodes of which `condition` holds, as a crash or a failover would, and
  // waits
  // until they are gone.
  void EndSessions(const std::string& condition = "true") {
    Ask("SELECT count(pg_terminate_backend(pid, 20000)) FROM pg_stat_activity"
        " WHERE application_name = 'molvad' AND " +
        condition);
  }

 private:
  struct Finisher {
    void operator()(PGconn* handle) const { PQfinish(handle); }
  };
  std::unique_ptr<PGconn, Finisher> handle_;
};

// Writes until it works: after a loss the connection needs a moment.
void WriteAtLast(StoreHarness& h, const Batch& batch) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (;;) {
    const absl::Status status = h.Write(batch);
    if (status.ok()) return;
    INFO(status.ToString());
    REQUIRE(absl::IsUnavailable(status));
    REQUIRE(std::chrono::steady_clock::now() < end);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

absl::Status OpenAnother(const std::string& config) {
  const auto library = plugin::Library::Load(MOLVA_STORE_POSTGRES, MOLVA_KIND_STORE);
  REQUIRE(library.ok());
  return plugin::StorePlugin::Open(*library, config).status();
}

TEST_CASE("a schema of PostgreSQL serves one node at a time") {
  StoreHarness h(Make::kPostgres);
  const absl::Status second = OpenAnother(h.ConfigJson());
  CHECK(absl::IsUnavailable(second));
  CHECK(std::string(second.message()).find("another node uses this database") != std::string::npos);
  CHECK(OpenAnother(fmt::format(R"({{"dsn": "{}", "schema": "{}"}})", PostgresDsn(), FreshSchema()))
            .ok());
  h.MustWrite({PutValue{"key", "value"}});
}

TEST_CASE("a node that lost its schema to another one writes no more") {
  StoreHarness h(Make::kPostgres);
  h.MustWrite({PutValue{"key", "value"}});
  Operator op;
  op.Ask(fmt::format("UPDATE {}.writer SET epoch = epoch + 1", h.schema()));
  op.EndSessions();
  for (int i = 0; i < 3; ++i) CHECK(absl::IsUnavailable(h.Write({PutValue{"key", "late"}})));
  CHECK(op.Ask(fmt::format("SELECT convert_from(value, 'UTF8') FROM {}.value", h.schema())) ==
        "value");
}

TEST_CASE("an epoch of another node stops a commit, even of a connection that is up") {
  StoreHarness h(Make::kPostgres);
  Operator op;
  op.Ask(fmt::format("UPDATE {}.writer SET epoch = epoch + 1", h.schema()));
  CHECK(absl::IsUnavailable(h.Write({PutValue{"key", "value"}})));
  CHECK(op.Ask(fmt::format("SELECT count(*) FROM {}.value", h.schema())) == "0");
}

TEST_CASE("connections that the server ends come back, and nothing is lost or done twice") {
  StoreHarness h(Make::kPostgres);
  h.MustWrite({PutTopic{MakeTopic(kGroup)}});
  Operator op;
  for (model::SeqId seq = 1; seq <= 5; ++seq) {
    h.MustWrite({AppendMessage{MakeMessage(kGroup, seq)}});
    op.EndSessions();
    WriteAtLast(h, {PutValue{"round", std::to_string(seq)}});
    CHECK(h.Topic(kGroup)->seq == seq);
    CHECK(h.Seqs({kGroup, {}, {}, 100}).size() == static_cast<std::size_t>(seq));
  }
}

TEST_CASE("a query over a connection that broke while idle is asked again") {
  StoreHarness h(Make::kPostgres, R"(, "readers": 1)");
  h.MustWrite({PutValue{"key", "value"}});
  CHECK(h.Value("key") == "value");
  Operator op;
  // The writer's session alone holds a lock.
  op.EndSessions("pid NOT IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')");
  CHECK(h.Value("key") == "value");
}

TEST_CASE("a commit whose answer was lost is acknowledged when it is found to be stored") {
  StoreHarness h(Make::kPostgres);
  h.MustWrite({PutTopic{MakeTopic(kGroup)}});
  Operator op;
  // With a standby that never comes COMMIT is stored and waits; ended there, it stays stored.
  op.Ask("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  op.Ask("SELECT pg_reload_conf()");
  model::SeqId seq = 0;
  std::future<absl::Status> written;
  const auto is_ready = [&written] {
    return written.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  // The server heeds the setting a little later: until then commits do not wait.
  do {
    written = h.WriteLater({AppendMessage{MakeMessage(kGroup, ++seq)}});
    op.WaitUntil("SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
                 is_ready);
  } while (is_ready());
  op.Ask("ALTER SYSTEM RESET synchronous_standby_names");
  op.EndSessions("wait_event = 'SyncRep'");
  op.Ask("SELECT pg_reload_conf()");
  CHECK(StoreHarness::Wait(std::move(written)).ok());
  WriteAtLast(h, {AppendMessage{MakeMessage(kGroup, seq + 1)}});
  CHECK(h.Topic(kGroup)->seq == seq + 1);
}

TEST_CASE("a commit that was ended before it was stored is answered as not stored, and is not") {
  StoreHarness h(Make::kPostgres);
  h.MustWrite({PutTopic{MakeTopic(kGroup)}});
  Operator op;
  // Holds up COMMIT itself, as long as somebody has the lock.
  op.Ask(
      fmt::format("CREATE FUNCTION {0}.wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                  " PERFORM pg_advisory_lock_shared(7); RETURN NULL; END $$;"
                  "CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON {0}.message"
                  " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {0}.wait()",
                  h.schema()));
  op.Ask("SELECT pg_advisory_lock(7)");
  auto written = h.WriteLater({AppendMessage{MakeMessage(kGroup, 1)}});
  op.WaitUntil("SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'advisory'");
  op.EndSessions("wait_event = 'advisory'");
  CHECK(absl::IsUnavailable(StoreHarness::Wait(std::move(written))));
  op.Ask("SELECT pg_advisory_unlock(7)");
  WriteAtLast(h, {AppendMessage{MakeMessage(kGroup, 1)}});
  CHECK(h.Topic(kGroup)->seq == 1);
}

TEST_CASE("a batch that the server refuses fails alone among those of its commit") {
  StoreHarness h(Make::kPostgres);
  std::string name;  // too long for an index, and does not compress
  for (std::uint32_t i = 0, state = 1; i < 6000; ++i) {
    state = state * 1664525 + 1013904223;
    name += static_cast<char>('!' + (state >> 16) % 90);
  }
  std::vector<std::future<absl::Status>> written;
  for (int i = 0; i < 20; ++i) {
    written.push_back(h.WriteLater({PutValue{i == 7 ? name : fmt::format("key{}", i), "value"}}));
  }
  for (std::size_t i = 0; i < written.size(); ++i) {
    const absl::Status status = StoreHarness::Wait(std::move(written[i]));
    INFO(i << ": " << status.ToString());
    CHECK(status.ok() == (i != 7));
    if (i == 7) CHECK(absl::IsInvalidArgument(status));
  }
  CHECK(h.Values("").size() == 19);
}

TEST_CASE("of several hosts the one that takes writes is used") {
  std::string dsn = PostgresDsn();
  dsn.insert(dsn.find("host=") + 5, "/nowhere,");
  CHECK(OpenAnother(fmt::format(R"({{"dsn": "{}", "schema": "{}"}})", dsn, FreshSchema())).ok());
}

TEST_CASE("what people name may hold any character, zero too") {
  StoreHarness h(Make::kPostgres);
  const std::string odd("zero\0 quote' back\\slash", 23);
  h.MustWrite({PutUser{MakeUser(kAnn, {odd})}, PutAuth{MakeAuth(odd, kAnn)}, PutValue{odd, odd}});
  CHECK(h.User(kAnn)->tags == std::vector<std::string>{odd});
  CHECK(h.Auth("basic", odd)->user == kAnn);
  CHECK(h.Value(odd) == odd);
  CHECK(h.ByTags({{{odd}}, {}, kBob}).size() == 1);
}

TEST_CASE("a schema of a newer version is refused and left as it is") {
  StoreHarness h(Make::kPostgres);
  h.Close();
  Operator op;
  op.Ask(fmt::format("INSERT INTO {}.schema_version (version) VALUES (99)", h.schema()));
  const absl::Status opened = OpenAnother(h.ConfigJson());
  CHECK(absl::IsUnimplemented(opened));
  CHECK(std::string(opened.message()).find("schema version 99") != std::string::npos);
  op.Ask(fmt::format("DELETE FROM {}.schema_version WHERE version = 99", h.schema()));
  h.Open();
}

TEST_CASE(
    "a configuration of PostgreSQL that makes no sense is refused with the name of the setting") {
  const struct {
    const char* config;
    const char* words;
  } cases[] = {{"{}", "\"dsn\" is missing"},
               {R"({"dsn":"x","schema":"Molva; DROP"})", "\"schema\" must be small letters"},
               {R"({"dsn":"x","readers":0})", "\"readers\" must be a whole number from 1"},
               {R"({"dsn":"x","password_file":"/nowhere"})", "\"password_file\" cannot be read"},
               {R"({"dsn":"x","password_env":"NO_SUCH_ONE"})", "\"password_env\" names a variable"},
               {R"({"dsn":"x","colour":1})", "\"colour\" is not a setting"}};
  for (const auto& one : cases) {
    const absl::Status opened = OpenAnother(one.config);
    CHECK(absl::IsInvalidArgument(opened));
    INFO(opened.ToString());
    CHECK(std::string(opened.message()).find(one.words) != std::string::npos);
  }
  const absl::Status nowhere = OpenAnother(R"({"dsn":"host=/nowhere password=hunter2"})");
  CHECK(absl::IsUnavailable(nowhere));
  CHECK(std::string(nowhere.message()).find("hunter2") == std::string::npos);
}

}  // namespace
}  // namespace molva::test
