// What stands on the command line, what becomes of it, and what is shown.
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "clients/cli/access.h"
#include "clients/cli/attachments.h"
#include "clients/cli/command.h"
#include "clients/cli/duration_text.h"
#include "clients/cli/file_link.h"
#include "clients/cli/new_file.h"
#include "clients/cli/printer.h"
#include "clients/cli/progress.h"
#include "clients/cli/publishing.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::cli {
namespace {

TEST_CASE("every verb has a summary, an example of itself, and a name of its own", "[cli]") {
  std::set<std::string_view> names;
  for (const Command& command : AllCommands()) {
    INFO(command.name);
    CHECK(names.insert(command.name).second);
    CHECK_FALSE(command.summary.empty());
    CHECK_FALSE(command.summary.ends_with('.'));
    CHECK(command.example.find("molva " + std::string(command.name)) != std::string_view::npos);
    CHECK(command.min_words <= command.max_words);
    CHECK(command.run != nullptr);
  }
}

TEST_CASE("times are written as numbers with a unit", "[cli]") {
  CHECK(*ParseSeconds("90", kStay) == 90);
  CHECK(*ParseSeconds("90s", kStay) == 90);
  CHECK(*ParseSeconds("30m", kStay) == 1800);
  CHECK(*ParseSeconds("12h", kStay) == 43'200);
  CHECK(*ParseSeconds("7d", kStay) == 604'800);
  for (const char* text : {"", "0", "-1", "d", "1w", "1 d", "1hh", "99999999999d", "1.5h"}) {
    INFO(text);
    CHECK(absl::IsInvalidArgument(ParseSeconds(text, kStay).status()));
  }
}

TEST_CASE("a time that is too short or too long is refused with its bounds", "[cli]") {
  CHECK(*ParseSeconds("1m", kAge) == 60);
  CHECK(*ParseSeconds("3660d", kAge) == 316'224'000);
  CHECK(*ParseSeconds("366d", kStay) == 31'622'400);
  CHECK(absl::IsInvalidArgument(ParseSeconds("367d", kStay).status()));
  for (const char* text : {"59", "59s", "316224001", "3661d", "1000000000d"}) {
    INFO(text);
    const absl::Status status = ParseSeconds(text, kAge).status();
    CHECK(absl::IsInvalidArgument(status));
    CHECK(status.message() == "'" + std::string(text) + "' is not from 1m to 3660d");
  }
}

TEST_CASE("seconds are shown in the largest unit that fits", "[cli]") {
  CHECK(SecondsText(1) == "1s");
  CHECK(SecondsText(90) == "90s");
  CHECK(SecondsText(60) == "1m");
  CHECK(SecondsText(5400) == "90m");
  CHECK(SecondsText(3600) == "1h");
  CHECK(SecondsText(604'800) == "7d");
}

TEST_CASE("numbers of messages are whole and begin at one", "[cli]") {
  CHECK(*SeqOf("17") == 17);
  for (const char* text : {"", "0", "-3", "x", "3x", "99999999999"}) {
    INFO(text);
    CHECK(absl::IsInvalidArgument(SeqOf(text).status()));
  }
}

molva::v1::AccessMode Access(const std::string& want, const std::string& given) {
  molva::v1::AccessMode access;
  access.set_want(want);
  access.set_given(given);
  return access;
}

TEST_CASE("a role is what both sides grant", "[cli]") {
  CHECK(RoleOf(Access("JRWPASDO", "JRWPASDO")) == "owner");
  CHECK(RoleOf(Access("JRWPS", "JRWPASD")) == "member");
  CHECK(RoleOf(Access("JRWPASD", "JRWPASD")) == "admin");
  CHECK(RoleOf(Access("JRWPSD", "JRWPSD")) == "moderator");
  CHECK(RoleOf(Access("JRP", "JRP")) == "reader");
  CHECK(RoleOf(Access("JRWPS", "RWPS")) == "banned");
  CHECK(RoleOf(Access("N", "JRWPS")) == "away");
  CHECK(RoleOf(Access("", "")).empty());
  CHECK(*ModeOfRole("moderator") == "JRWPSD");
  CHECK(*ModeOfRole("JRW") == "JRW");
  for (const char* text : {"", "king", "jrw", "JRX"}) {
    CHECK(absl::IsInvalidArgument(ModeOfRole(text).status()));
  }
}

TEST_CASE("files are found in messages that were made with them", "[cli]") {
  const Attachment file{"tea.png", "image/png", 1234, "/v0/file/s/abc", ""};
  for (const char* text : {"", "our \"tea\""}) {
    const std::string content = ContentWithFile(text, file);
    const std::vector<Attachment> found = FindAttachments(content);
    REQUIRE(found.size() == 1);
    CHECK(found[0].name == file.name);
    CHECK(found[0].mime == file.mime);
    CHECK(found[0].bytes == file.bytes);
    CHECK(found[0].url == file.url);
    CHECK(PlainText(content) == text);
  }
  CHECK(FindAttachments("\"just text\"").empty());
  CHECK(FindAttachments(R"({"txt":"a","ent":[{"tp":"LN","data":{"url":"x"}}]})").empty());
  CHECK(FindAttachments(R"({"ent":[{"tp":"EX","data":{"val":"QUJD"}}]})")[0].bytes == 3);
}

TEST_CASE("a stranger's name for a file leads nowhere else", "[cli]") {
  CHECK(SafeFileName("tea.png", "x") == "tea.png");
  CHECK(SafeFileName("../../etc/passwd", "x") == "passwd");
  CHECK(SafeFileName("C:\\evil.exe", "x") == "evil.exe");
  CHECK(SafeFileName("/", "x") == "x");
  CHECK(SafeFileName("", "x") == "x");
  CHECK(SafeFileName("..", "x") == "x");
  CHECK(SafeFileName(".bashrc", "x") == "bashrc");
  CHECK(SafeFileName("a\nb\x1b", "x") == "a_b_");
  const std::string cut = SafeFileName(std::string(199, 'a') + "\u00e9\u00e9", "x");
  CHECK(cut == std::string(199, 'a'));
}

TEST_CASE("only files on the server itself are asked for", "[cli]") {
  CHECK(IsFileHere("/v0/file/s/AAAAAAAAAAE.png"));
  for (const char* url :
       {"", "/", "https://evil.example/v0/file/s/A", "//evil.example/v0/file/s/A",
        "/v0/file/s/../../channels", "/v0/file/s/A?x=1", "/v0/file/s/A\r\nB: c"}) {
    INFO(url);
    CHECK_FALSE(IsFileHere(url));
  }
}

TEST_CASE("a file is what its name ends with", "[cli]") {
  const test::TemporaryFolder folder;
  const std::string picture = folder / "a.PNG";
  std::ofstream(picture) << "12345";
  CHECK(FindLocalFile(picture, "")->mime == "image/png");
  CHECK(FindLocalFile(picture, "")->bytes == 5);
  CHECK(FindLocalFile(picture, "text/x-mine")->mime == "text/x-mine");
  CHECK(absl::IsNotFound(FindLocalFile(picture + "x", "").status()));
  CHECK(absl::IsInvalidArgument(FindLocalFile(folder / "", "").status()));
}

TEST_CASE("half a file is taken away again, and none is written over", "[cli]") {
  const test::TemporaryFolder folder;
  const std::string path = folder / "out";
  {
    auto half = NewFile::Open(path);
    REQUIRE(half.ok());
    REQUIRE(half->Write("half").ok());
  }
  CHECK_FALSE(std::filesystem::exists(path));
  auto whole = NewFile::Open(path);
  REQUIRE(whole.ok());
  REQUIRE(whole->Write("whole").ok());
  REQUIRE(whole->Close().ok());
  CHECK(absl::IsFailedPrecondition(NewFile::Open(path).status()));
  CHECK(std::filesystem::file_size(path) == 5);
}

TEST_CASE("what a server says of a file becomes an exit code", "[cli]") {
  CHECK(absl::IsNotFound(FileRefusal(404, "not found")));
  CHECK(absl::IsUnauthenticated(FileRefusal(401, "authentication failed")));
  CHECK(absl::IsFailedPrecondition(FileRefusal(413, "too large")));
  CHECK(absl::IsUnimplemented(FileRefusal(501, "not implemented")));
  CHECK(absl::IsUnavailable(FileRefusal(503, "service unavailable")));
}

TEST_CASE("sizes and progress are shown in round figures", "[cli]") {
  CHECK(SizeText(12) == "12 bytes");
  CHECK(SizeText(1536) == "1.5 KiB");
  CHECK(SizeText(3 << 20) == "3.0 MiB");
  CHECK(ProgressText("f", 50, 200, Progress::Unit::kCount) == "f   25%  50 of 200");
  CHECK(ProgressText("f", 2048, 0, Progress::Unit::kBytes) == "f  2.0 KiB");
  CHECK(ProgressText("f", 9, 3, Progress::Unit::kCount) == "f  100%  9 of 3");
}

TEST_CASE("a message for programs says what it answers and how long it stays", "[cli]") {
  molva::v1::ServerData message;
  message.set_topic("usrA");
  message.set_seq_id(7);
  message.set_content("\"hi\"");
  (*message.mutable_head())["reply"] = "\":3\"";
  (*message.mutable_head())["x-molva-ttl"] = "60";
  (*message.mutable_head())["x-molva-once"] = "true";
  CHECK(
      MessageObject(message, "Ann").Line() ==
      R"({"topic":"usrA","seq":7,"name":"Ann","reply":"3","ttl":60,"once":true,"text":"hi","content":"hi"})");
}

TEST_CASE("JSON is taken apart without losing anything", "[cli]") {
  CHECK(FindElements("[1, \"a\", {\"b\": 2}]", "") ==
        std::vector<std::string>{"1", "\"a\"", "{\"b\":2}"});
  CHECK(FindTexts("{\"caps\": [\"uid\", 3, \"ttl\"]}", "/caps") ==
        std::vector<std::string>{"uid", "ttl"});
  CHECK(FindElements("{}", "/caps").empty());
  CHECK(FindElements("no json", "").empty());
  CHECK(FindValue("{\"a\": [1, 2]}", "/a") == "[1,2]");
  CHECK(JsonArray({}) == "[]");
  CHECK(JsonObject().Append(JsonObject()).Line() == "{}");
  CHECK(JsonObject().Number("a", 1).Append(JsonObject().Number("b", 2)).Line() ==
        "{\"a\":1,\"b\":2}");
}

}  // namespace
}  // namespace molva::cli
