#include "tests/perf/load/people.h"

#include <fmt/core.h>

#include <charconv>

namespace molva::perf {
namespace {

constexpr std::size_t kAskedAtOnce = 64;
constexpr double kSetupSeconds = 60;

class Asking final : public Crowd::Listener {
 public:
  Asking(Crowd& crowd, Range range, const MakeRequest& make, const OnAnswer& on_answer)
      : crowd_(crowd), range_(range), next_(range.first), make_(make), on_answer_(on_answer) {}

  absl::Status Run() {
    crowd_.Listen(this);
    for (std::size_t i = 0; i < kAskedAtOnce; ++i) AskNext();
    const absl::Status status = crowd_.RunUntil(
        [this] { return answered_ == range_.last - range_.first || !status_.ok(); }, kSetupSeconds);
    crowd_.Listen(nullptr);
    return status_.ok() ? status : status_;
  }

  void OnPacket(std::size_t peer, std::string_view text) override {
    if (!text.starts_with("{\"ctrl\"") || FieldOf(text, "id") != "s") return;
    if (CodeOf(text) >= 300) status_ = absl::FailedPreconditionError(std::string(text));
    if (on_answer_) on_answer_(peer, text);
    ++answered_;
    AskNext();
  }

 private:
  void AskNext() {
    if (next_ == range_.last) return;
    crowd_.Send(next_, make_(next_));
    ++next_;
  }

  Crowd& crowd_;
  const Range range_;
  std::size_t next_;
  std::size_t answered_ = 0;
  const MakeRequest& make_;
  const OnAnswer& on_answer_;
  absl::Status status_;
};

}  // namespace

std::string_view FieldOf(std::string_view packet, std::string_view name) {
  const std::string key = fmt::format("\"{}\":\"", name);
  const std::size_t at = packet.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = packet.substr(at + key.size());
  return rest.substr(0, rest.find('"'));
}

int CodeOf(std::string_view packet) {
  constexpr std::string_view kKey = "\"code\":";
  const std::size_t at = packet.find(kKey);
  int code = 0;
  if (at == std::string_view::npos) return code;
  const char* const from = packet.data() + at + kKey.size();
  std::from_chars(from, packet.data() + packet.size(), code);
  return code;
}

absl::Status AskEach(Crowd& crowd, Range range, const MakeRequest& make,
                     const OnAnswer& on_answer) {
  return Asking(crowd, range, make, on_answer).Run();
}

absl::Status SayHi(Crowd& crowd, Range range) {
  return AskEach(crowd, range, [](std::size_t) {
    return R"({"hi":{"id":"s","ver":"0.25","ua":"molva-load/1","platf":"web"}})";
  });
}

absl::Status MakePeople(Crowd& crowd, Range range, std::vector<std::string>& users) {
  if (absl::Status status = SayHi(crowd, range); !status.ok()) return status;
  users.resize(crowd.size());
  return AskEach(
      crowd, range,
      [](std::size_t) {
        return R"({"acc":{"id":"s","user":"new","scheme":"anonymous","login":true,)"
               R"("desc":{"defacs":{"auth":"JRWPA","anon":"JRWPA"}}}})";
      },
      [&](std::size_t peer, std::string_view ctrl) { users[peer] = FieldOf(ctrl, "user"); });
}

absl::StatusOr<std::string> MakeGroup(Crowd& crowd, std::size_t members) {
  std::string group;
  absl::Status status = AskEach(
      crowd, {0, 1},
      [](std::size_t) {
        return R"({"sub":{"id":"s","topic":"new","set":{"desc":{"defacs":)"
               R"({"auth":"JRWPS","anon":"JRWPS"}}}}})";
      },
      [&](std::size_t, std::string_view ctrl) { group = FieldOf(ctrl, "topic"); });
  if (!status.ok()) return status;
  status = AskEach(crowd, {1, members}, [&](std::size_t) {
    return fmt::format(R"({{"sub":{{"id":"s","topic":"{}"}}}})", group);
  });
  if (!status.ok()) return status;
  return group;
}

}  // namespace molva::perf
