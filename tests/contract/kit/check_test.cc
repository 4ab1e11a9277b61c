// What molvad does about plugins that crash, hang or end the process while they are opened.
#include <fstream>
#include <string>

#include "tests/contract/kit/shell.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

// A node that would serve but for what `more` says.
Ran Molvad(const std::string& verb, const std::string& more) {
  const TemporaryFolder folder;
  return Run(std::string(MOLVA_MOLVAD) + " " + verb + " --data " + (folder / "data") +
             " --set listen.http=127.0.0.1:0 --set listen.grpc=127.0.0.1:0"
             " --set node.plugins=" MOLVA_PLUGIN_FOLDER " --set log.format=json " +
             more);
}

std::string Unfit(const std::string& fault) {
  return "--set store.plugin=" MOLVA_UNFIT_FOLDER "/unfit_" + fault + ".so";
}

TEST_CASE("check finds a good node good and a bad token key bad") {
  const Ran good = Molvad("check", "");
  INFO(good.output);
  CHECK(good.code == 0);
  CHECK(good.Says("ok    keys, store and other plugins open"));
  const Ran bad = Molvad("check", "--set auth.token.key='" + std::string(50, '!') + "'");
  CHECK(bad.code == 1);
  CHECK(bad.Says("BAD   keys, store and other plugins open: auth.token.key must be base64"));
}

TEST_CASE("check names a plugin that crashes or ends the process, and goes on") {
  const Ran crashed = Molvad("check", Unfit("kOpenCrashes"));
  INFO(crashed.output);
  CHECK(crashed.code == 1);
  CHECK(crashed.Says("\"a plugin crashed while it was opened\",\"plugin\":\"" MOLVA_UNFIT_FOLDER
                     "/unfit_kOpenCrashes.so\""));
  CHECK(crashed.Says("BAD   keys, store and other plugins open: it crashed: Aborted"));
  const Ran ended = Molvad("check", Unfit("kOpenExits"));
  CHECK(ended.code == 1);
  CHECK(ended.Says("a plugin ended the process while it was opened"));
  const Ran entry = Molvad("check", Unfit("kEntryCrashes"));
  CHECK(entry.Says("unfit_kEntryCrashes.so: while it was loaded, it crashed: Aborted"));
  CHECK(Molvad("check", Unfit("kOtherMajor")).Says("built for ABI 2.4, this server has 1.4"));
}

TEST_CASE("check gives a plugin up that hangs") {
  const std::string naughty = "--set 'auth.schemes=token," MOLVA_NAUGHTY "'";
  const Ran ran = Molvad(
      "check", "--set node.plugin_deadline=1s " + naughty + " --config " MOLVA_HANGING_CONFIG);
  INFO(ran.output);
  CHECK(ran.code == 1);
  CHECK(ran.Says("a plugin does not open in time"));
  CHECK(ran.Says("BAD   keys, store and other plugins open: it ended the process"));
}

TEST_CASE("a start names the plugin that brought it down, and is never taken for a good end") {
  const Ran crashed = Molvad("serve", Unfit("kOpenCrashes"));
  INFO(crashed.output);
  CHECK(crashed.code == 134);
  CHECK(crashed.Says("a plugin crashed while it was opened"));
  const Ran ended = Molvad("serve", Unfit("kOpenExits"));
  CHECK(ended.code == 1);
  CHECK(ended.Says("a plugin ended the process while it was opened"));
}

// A file with these lines.
std::string Written(const TemporaryFolder& folder, const std::string& lines) {
  const std::string path = folder / "molva.toml";
  std::ofstream(path) << lines;
  return "--config " + path;
}

TEST_CASE("check and a start name the line of a setting that a plugin does not take") {
  const TemporaryFolder folder;
  const std::string unknown = Written(folder, "[plugin.store_sqlite]\nreders = 3\n");
  for (const char* verb : {"check", "serve", "plugins"}) {
    const Ran ran = Molvad(verb, unknown);
    INFO(ran.output);
    CHECK(ran.code == 1);
    CHECK(
        ran.Says("molva.toml:2: plugin.store_sqlite.reders is no setting of this plugin, which "
                 "takes path, readers, max_waiting"));
  }
  const Ran wrong =
      Molvad("check", Written(folder, "[plugin.store_sqlite]\n\nreaders = \"many\"\n"));
  CHECK(wrong.code == 1);
  CHECK(wrong.Says("molva.toml:3: plugin.store_sqlite.readers must be a number from 1 to 64"));
  CHECK(Molvad("check", Written(folder, "[plugin.store_sqlite]\nreaders = 3\n")).code == 0);
}

TEST_CASE("the list of plugins has licences and settings") {
  const Ran ran = Molvad("plugins", "");
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(ran.Says("licence Apache-2.0"));
  CHECK(
      ran.Says("readers              a number from 1 to 64; default \"2\". Threads for queries."));
  const Ran json = Molvad("plugins --json", "");
  CHECK(json.code == 0);
  CHECK(
      json.Says("{\"name\":\"readers\",\"type\":\"number\",\"default\":\"2\","
                "\"takes\":\"a number from 1 to 64\",\"meaning\":\"Threads for queries.\"}"));
}

TEST_CASE("the list of plugins shows what is wrong with one, and the others") {
  const Ran ran = Molvad("plugins", Unfit("kEntryExits"));
  INFO(ran.output);
  CHECK(ran.code == 1);
  CHECK(ran.Says("unfit_kEntryExits.so: while it was loaded, it ended the process"));
  CHECK(ran.Says("auth      basic"));
}

}  // namespace
}  // namespace molva::test
