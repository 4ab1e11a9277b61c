// The contact list of a user: the whole table of docs/protocol presence §4.
#include "presence/contact_board.h"

#include <string>

#include "tests/support/catch.h"

namespace molva::presence {
namespace {

using Command = ContactCommand;

// How the contact stands: not on the board, or enabled/disabled and online/offline.
enum class Standing : std::uint8_t { kUnknown, kMutedOff, kOff, kOn };
constexpr Standing kEveryStanding[] = {Standing::kUnknown, Standing::kMutedOff, Standing::kOff,
                                       Standing::kOn};

const model::TopicName kContact = model::TopicName::Group(7);

Notice Status(What what, Command command = Command::kNothing) {
  Notice notice;
  notice.what = what;
  notice.command = command;
  return notice;
}

Notice Asking(What what) {
  Notice notice = Status(what);
  notice.wants_reply = true;
  return notice;
}

ContactBoard BoardAt(Standing standing) {
  ContactBoard board;
  if (standing == Standing::kUnknown) return board;
  board.Add(kContact, standing != Standing::kMutedOff);
  if (standing == Standing::kOn) board.OnStatus(kContact, Status(What::kOn));
  return board;
}

Standing StandingOf(const ContactBoard& board) {
  const auto at = board.contacts().find(kContact);
  if (at == board.contacts().end()) return Standing::kUnknown;
  REQUIRE((at->second.enabled || !at->second.online));  // the muted are never online
  CHECK(board.IsOnline(kContact) == at->second.online);
  if (!at->second.enabled) return Standing::kMutedOff;
  return at->second.online ? Standing::kOn : Standing::kOff;
}

struct Row {
  What what;
  Command command;
  Standing before;
  Standing after;
  std::optional<What> forward;
};

const std::optional<What> kNothing = std::nullopt;
using enum Standing;

const Row kTable[] = {
    // on: only an enabled contact comes online.
    {What::kOn, Command::kNothing, kUnknown, kMutedOff, kNothing},
    {What::kOn, Command::kNothing, kMutedOff, kMutedOff, kNothing},
    {What::kOn, Command::kNothing, kOff, kOn, What::kOn},
    {What::kOn, Command::kNothing, kOn, kOn, kNothing},
    // off
    {What::kOff, Command::kNothing, kUnknown, kMutedOff, kNothing},
    {What::kOff, Command::kNothing, kMutedOff, kMutedOff, kNothing},
    {What::kOff, Command::kNothing, kOff, kOff, kNothing},
    {What::kOff, Command::kNothing, kOn, kOff, What::kOff},
    // on+en: told if it was disabled before or came online.
    {What::kOn, Command::kEnable, kUnknown, kOn, What::kOn},
    {What::kOn, Command::kEnable, kMutedOff, kOn, What::kOn},
    {What::kOn, Command::kEnable, kOff, kOn, What::kOn},
    {What::kOn, Command::kEnable, kOn, kOn, kNothing},
    // off+en: told if it was disabled before or went offline.
    {What::kOff, Command::kEnable, kUnknown, kOff, kNothing},
    {What::kOff, Command::kEnable, kMutedOff, kOff, What::kOff},
    {What::kOff, Command::kEnable, kOff, kOff, kNothing},
    {What::kOff, Command::kEnable, kOn, kOff, What::kOff},
    // off+dis: muted; told if it was enabled and online.
    {What::kOff, Command::kDisable, kUnknown, kMutedOff, kNothing},
    {What::kOff, Command::kDisable, kMutedOff, kMutedOff, kNothing},
    {What::kOff, Command::kDisable, kOff, kMutedOff, kNothing},
    {What::kOff, Command::kDisable, kOn, kMutedOff, What::kOff},
    // gone: told if it was known, muted or not.
    {What::kGone, Command::kNothing, kUnknown, kUnknown, kNothing},
    {What::kGone, Command::kNothing, kMutedOff, kUnknown, What::kGone},
    {What::kGone, Command::kNothing, kOff, kUnknown, What::kGone},
    {What::kGone, Command::kNothing, kOn, kUnknown, What::kGone},
    // off+rem: told if it was enabled.
    {What::kOff, Command::kRemove, kUnknown, kUnknown, kNothing},
    {What::kOff, Command::kRemove, kMutedOff, kUnknown, kNothing},
    {What::kOff, Command::kRemove, kOff, kUnknown, What::kOff},
    {What::kOff, Command::kRemove, kOn, kUnknown, What::kOff},
    // ?unkn and ?unkn+en
    {What::kAskStatus, Command::kNothing, kUnknown, kMutedOff, kNothing},
    {What::kAskStatus, Command::kNothing, kMutedOff, kMutedOff, kNothing},
    {What::kAskStatus, Command::kNothing, kOff, kOff, kNothing},
    {What::kAskStatus, Command::kNothing, kOn, kOn, kNothing},
    {What::kAskStatus, Command::kEnable, kUnknown, kOff, kNothing},
    {What::kAskStatus, Command::kEnable, kMutedOff, kOff, kNothing},
    {What::kAskStatus, Command::kEnable, kOff, kOff, kNothing},
    {What::kAskStatus, Command::kEnable, kOn, kOn, kNothing},
    // ?none+en
    {What::kAddOnly, Command::kEnable, kUnknown, kOff, kNothing},
    {What::kAddOnly, Command::kEnable, kMutedOff, kOff, kNothing},
    {What::kAddOnly, Command::kEnable, kOff, kOff, kNothing},
    {What::kAddOnly, Command::kEnable, kOn, kOn, kNothing},
};

TEST_CASE("a status does to a contact what the table says", "[contact_board]") {
  for (const Row& row : kTable) {
    CAPTURE(row.what, row.command, row.before);
    ContactBoard board = BoardAt(row.before);
    REQUIRE(StandingOf(board) == row.before);
    const auto outcome = board.OnStatus(kContact, Status(row.what, row.command));
    CHECK(StandingOf(board) == row.after);
    CHECK(outcome.forward == row.forward);
  }
}

TEST_CASE("an on that asks for it is answered once, even if muted", "[contact_board]") {
  for (const Standing standing : kEveryStanding) {
    ContactBoard board = BoardAt(standing);
    const auto asked = board.OnStatus(kContact, Asking(What::kOn));
    CHECK(asked.answer_on);
    CHECK_FALSE(asked.answer_wants_reply);  // or two would talk for ever
    const auto answer = board.OnStatus(kContact, Status(What::kOn));
    CHECK_FALSE(answer.answer_on);
  }
}

TEST_CASE("a question for the status is answered with a question", "[contact_board]") {
  for (const Standing standing : kEveryStanding) {
    ContactBoard board = BoardAt(standing);
    const auto outcome = board.OnStatus(kContact, Status(What::kAskStatus));
    CHECK(outcome.answer_on);
    CHECK(outcome.answer_wants_reply);
  }
}

TEST_CASE("news other than a status leave the board alone", "[contact_board]") {
  for (const What what : {What::kUa, What::kUpd, What::kTags, What::kAcs, What::kMsg, What::kRead,
                          What::kRecv, What::kDel, What::kInfo}) {
    for (const Standing standing : kEveryStanding) {
      ContactBoard board = BoardAt(standing);
      const auto outcome = board.OnStatus(kContact, Asking(what));
      CHECK(StandingOf(board) == standing);
      CHECK_FALSE(outcome.forward.has_value());
      CHECK_FALSE(outcome.answer_on);
    }
  }
}

TEST_CASE("contacts do not disturb one another", "[contact_board]") {
  const model::TopicName other = model::TopicName::Group(8);
  ContactBoard board = BoardAt(Standing::kOn);
  board.Add(other, true);
  board.OnStatus(other, Status(What::kOff, Command::kDisable));
  board.OnStatus(other, Status(What::kGone));
  CHECK(StandingOf(board) == Standing::kOn);
  board.Remove(kContact);
  CHECK(board.contacts().empty());
}

TEST_CASE("the internal words never reach the wire", "[notice]") {
  CHECK(WordOf(What::kOn) == "on");
  CHECK(WordOf(What::kOff) == "off");
  CHECK(WordOf(What::kUa) == "ua");
  CHECK(WordOf(What::kUpd) == "upd");
  CHECK(WordOf(What::kTags) == "tags");
  CHECK(WordOf(What::kAcs) == "acs");
  CHECK(WordOf(What::kGone) == "gone");
  CHECK(WordOf(What::kMsg) == "msg");
  CHECK(WordOf(What::kRead) == "read");
  CHECK(WordOf(What::kRecv) == "recv");
  CHECK(WordOf(What::kDel) == "del");
  CHECK(WordOf(What::kAskStatus).empty());
  CHECK(WordOf(What::kAddOnly).empty());
  CHECK(WordOf(What::kInfo).empty());
}

}  // namespace
}  // namespace molva::presence
