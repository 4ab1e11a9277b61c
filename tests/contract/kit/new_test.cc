// molva-plugin-new: what it writes, and what it refuses.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/contract/kit/shell.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

Ran New(const TemporaryFolder& folder, const std::string& words) {
  return Run("cd " + (folder / "") + " && " MOLVA_SDK_FOLDER "/molva-plugin-new " + words);
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST_CASE("a skeleton of each kind carries its name, and nothing is left to fill in") {
  const TemporaryFolder folder;
  for (const char* kind :
       {"auth", "validator", "push", "media", "moderation", "discovery", "store"}) {
    const Ran ran = New(folder, std::string(kind) + " my_2nd");
    INFO(ran.output);
    CHECK(ran.code == 0);
    const std::string made = folder / (std::string(kind) + "_my_2nd/");
    for (const char* file :
         {"plugin.cc", "CMakeLists.txt", "README.md", "test_config.json", ".gitignore"}) {
      INFO(made << file);
      const std::string text = ReadAll(made + file);
      CHECK_FALSE(text.empty());
      CHECK(text.find("@NAME@") == std::string::npos);
    }
    CHECK(ReadAll(made + "plugin.cc").find("\"my_2nd\"") != std::string::npos);
  }
}

TEST_CASE("wrong words are refused with a sentence, and nothing is written") {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "auth_there");
  for (const char* words :
       {"", "auth", "auth a b", "video x", "auth Hello", "auth 1st", "auth a-b", "auth ../x",
        "auth there", "auth x --folder auth_there", "auth x --folder", "auth x --force",
        "auth aaaaaaaaaabbbbbbbbbbccccccccccddd", "auth ''", "auth 'a/b'"}) {
    const Ran ran = New(folder, words);
    INFO(words << ": " << ran.output);
    CHECK(ran.code == 2);
    CHECK(ran.Says("molva-plugin-new: "));
  }
  CHECK(std::distance(std::filesystem::directory_iterator(folder / ""), {}) == 1);
  CHECK(std::filesystem::is_empty(folder / "auth_there"));
  CHECK(New(folder, "--help").Says("Usage: molva-plugin-new"));
}

TEST_CASE("the folder may be chosen") {
  const TemporaryFolder folder;
  CHECK(New(folder, "push bell --folder deep/down").code == 0);
  CHECK(std::filesystem::exists(folder / "deep/down/plugin.cc"));
}

}  // namespace
}  // namespace molva::test
