// Aliases: what a node calls the users and groups of others, and what clients and peers see of it.
#include "names/name_book.h"

#include <set>
#include <thread>

#include "base/strings.h"
#include "model/fault.h"
#include "tests/support/catch.h"

namespace molva::names {
namespace {

using model::Fault;
using model::FaultOf;
using model::TopicName;
using model::UserId;

constexpr char kSecret[] = "sixteen bytes or more";
constexpr UserId kAnn = UserId::FromBits(7);
constexpr std::uint64_t kHighBit = 1ULL << 63;

std::string User(std::uint64_t bits) { return "usr" + base::EncodeId(bits); }
std::string Group(std::uint64_t bits) { return "grp" + base::EncodeId(bits); }

TEST_CASE("a foreign user has an alias, an own one has none", "[name_book]") {
  const NameBook book("here.example", kSecret);
  const UserId bob = *book.ParseUser(User(9) + "@there.example");
  CHECK((bob.bits() & kHighBit) != 0);
  CHECK(book.IsForeign(bob));
  CHECK(book.DomainOf(bob) == "there.example");
  CHECK(book.TextOf(bob) == User(9) + "@there.example");
  CHECK(book.GlobalNameOf(bob) == User(9) + "@there.example");

  CHECK(*book.ParseUser(User(7)) == kAnn);
  CHECK(*book.ParseUser(User(7) + "@here.example") == kAnn);
  CHECK(*book.ParseUser(User(7) + "@HERE.example") == kAnn);
  CHECK_FALSE(book.IsForeign(kAnn));
  CHECK(book.DomainOf(kAnn) == "here.example");
  CHECK(book.TextOf(kAnn) == User(7));
  CHECK(book.GlobalNameOf(kAnn) == User(7) + "@here.example");
}

TEST_CASE("an alias depends on the whole name and the secret, and on nothing else", "[name_book]") {
  const NameBook book("here.example", kSecret);
  const NameBook same("elsewhere.example", kSecret);
  const NameBook other("here.example", "another secret of the node");
  std::set<std::uint64_t> seen;
  for (const std::string& name :
       {User(9) + "@a.example", User(9) + "@b.example", User(10) + "@a.example"}) {
    const UserId alias = *book.UserOfGlobal(name);
    CHECK(seen.insert(alias.bits()).second);
    CHECK(*same.UserOfGlobal(name) == alias);
    CHECK(seen.insert(other.UserOfGlobal(name)->bits()).second);
  }
  CHECK(seen.insert(book.TopicOfGlobal(Group(9) + "@a.example")->user().bits()).second);
}

TEST_CASE("an id with the high bit that the book does not know is an own one", "[name_book]") {
  const NameBook book("here.example", kSecret);
  const UserId old = UserId::FromBits(kHighBit | 77);
  CHECK_FALSE(book.IsForeign(old));
  CHECK(book.TextOf(old) == User(old.bits()));
  CHECK(*book.ParseUser(book.TextOf(old)) == old);
  CHECK(book.IsConfirmed(old));
  CHECK((NameBook::MakeOwnId(~std::uint64_t{0}) & kHighBit) == 0);
  CHECK(NameBook::MakeOwnId(0) != 0);
}

TEST_CASE("nobody passes an alias off as an id of ours", "[name_book]") {
  const NameBook book("here.example", kSecret);
  const UserId bob = *book.ParseUser(User(9) + "@there.example");
  const std::uint64_t group = book.Resolve(Group(5) + "@there.example", kAnn)->name.user().bits();
  CHECK(absl::IsInvalidArgument(book.ParseUser(User(bob.bits())).status()));
  CHECK(absl::IsInvalidArgument(book.UserOfGlobal(User(bob.bits()) + "@here.example").status()));
  CHECK(FaultOf(book.Resolve(User(bob.bits()), kAnn).status()) == Fault::kMalformed);
  CHECK(FaultOf(book.Resolve(Group(group), kAnn).status()) == Fault::kTopicNotFound);
  CHECK(absl::IsInvalidArgument(book.TopicOfGlobal(Group(group) + "@here.example").status()));
}

TEST_CASE("what is no name of a user is refused", "[name_book]") {
  const NameBook book("here.example", kSecret);
  for (const char* text : {"", "usr", "@there.example", "usr@there.example",
                           "usrAAAAAAAAAAA@there.example", "grpBwAAAAAAAAA@there.example"}) {
    CAPTURE(text);
    CHECK(absl::IsInvalidArgument(book.ParseUser(text).status()));
  }
  for (const std::string& domain :
       {std::string(), std::string("127.0.0.1"), std::string("a..b"), std::string("a@b")}) {
    CAPTURE(domain);
    CHECK(FaultOf(book.ParseUser(User(9) + '@' + domain).status()) == Fault::kUserNotFound);
  }
}

TEST_CASE("without federation every name with a domain is unknown", "[name_book]") {
  const NameBook book;
  CHECK_FALSE(book.is_federated());
  CHECK(absl::IsNotFound(book.ParseUser(User(9) + "@there.example").status()));
  CHECK(FaultOf(book.Resolve(User(9) + "@there.example", kAnn).status()) == Fault::kTopicNotFound);
  CHECK(FaultOf(book.Resolve(Group(9) + "@there.example", kAnn).status()) == Fault::kTopicNotFound);
  CHECK_FALSE(book.UserOfGlobal(User(9) + "@there.example").ok());
  CHECK_FALSE(book.TopicOfGlobal(Group(9) + "@there.example").ok());
  CHECK(*book.ParseUser(User(7)) == kAnn);
  CHECK(book.Resolve(User(9), kAnn)->name == TopicName::P2p(kAnn, UserId::FromBits(9)));
  CHECK(book.Resolve(Group(9), kAnn)->name == TopicName::Group(9));
  CHECK(book.GlobalNameOf(kAnn) == User(7));
  const UserId old = UserId::FromBits(kHighBit | 77);
  CHECK_FALSE(book.IsForeign(old));
  CHECK(book.DomainOf(old).empty());
  book.Confirm(User(9) + "@there.example");
}

TEST_CASE("topics are resolved as without domains, and with them", "[name_book]") {
  using Form = model::ResolvedTopic::Form;
  const NameBook book("here.example", kSecret);
  const UserId bob = *book.ParseUser(User(9) + "@there.example");
  const auto name_of = [&](const std::string& text) { return book.Resolve(text, kAnn)->name; };
  CHECK(name_of("me") == TopicName::Me(kAnn));
  CHECK(name_of("fnd") == TopicName::Fnd(kAnn));
  CHECK(name_of("slf") == TopicName::Slf(kAnn));
  CHECK(name_of("sys") == TopicName::Sys());
  CHECK(name_of(User(9)) == TopicName::P2p(kAnn, UserId::FromBits(9)));
  CHECK(name_of(User(9) + "@here.example") == TopicName::P2p(kAnn, UserId::FromBits(9)));
  CHECK(name_of(User(9) + "@there.example") == TopicName::P2p(kAnn, bob));
  CHECK(name_of(Group(5)) == TopicName::Group(5));
  CHECK(name_of(Group(5) + "@here.example") == TopicName::Group(5));
  CHECK((name_of(Group(5) + "@There.Example").user().bits() & kHighBit) != 0);
  CHECK(book.Resolve("new7", kAnn)->form == Form::kNewGroup);
  CHECK(book.Resolve("nch7", kAnn)->form == Form::kNewChannel);
  CHECK(book.Resolve("chn" + base::EncodeId(5), kAnn)->as_reader);
  CHECK(book.TextOfChannel(TopicName::Group(5)) == "chn" + base::EncodeId(5));
  CHECK(book.Resolve("chn" + base::EncodeId(5) + "@here.example", kAnn)->name ==
        TopicName::Group(5));
}

TEST_CASE("topics that cannot be are refused with the replies of the protocol", "[name_book]") {
  const NameBook book("here.example", kSecret);
  const std::pair<std::string, Fault> table[] = {
      {"", Fault::kMalformed},
      {"usrx", Fault::kMalformed},
      {"usrx@there.example", Fault::kMalformed},
      {User(7), Fault::kPermissionDenied},
      {User(7) + "@here.example", Fault::kPermissionDenied},
      {User(9) + "@", Fault::kTopicNotFound},
      {Group(9) + "@127.0.0.1", Fault::kTopicNotFound},
      {"chn" + base::EncodeId(5) + "@there.example", Fault::kForeignChannel},
      {"me@there.example", Fault::kTopicNotFound},
      {"me@here.example", Fault::kTopicNotFound},
      {"@there.example", Fault::kMalformed},
      {"zzz", Fault::kTopicNotFound},
  };
  for (const auto& [text, fault] : table) {
    CAPTURE(text);
    const auto topic = book.Resolve(text, kAnn);
    REQUIRE_FALSE(topic.ok());
    CHECK(FaultOf(topic.status()) == fault);
  }
}

TEST_CASE("each viewer knows a topic by the name that is his", "[name_book]") {
  const NameBook book("here.example", kSecret);
  const UserId bob = *book.ParseUser(User(9) + "@there.example");
  const TopicName both = TopicName::P2p(kAnn, bob);
  CHECK(book.ClientName(both, kAnn) == User(9) + "@there.example");
  CHECK(book.ClientName(both, bob) == User(7));
  CHECK(book.ClientName(TopicName::Me(kAnn), kAnn) == "me");
  CHECK(book.ClientName(TopicName::Group(5), kAnn) == Group(5));
  const TopicName group = book.Resolve(Group(5) + "@there.example", kAnn)->name;
  CHECK(book.ClientName(group, kAnn) == Group(5) + "@there.example");
  CHECK(book.TextOfGroup(group) == Group(5) + "@there.example");
}

TEST_CASE("a topic has the same global name on both of its servers", "[name_book]") {
  const NameBook here("here.example", kSecret);
  const NameBook there("there.example", "the secret of the other");
  for (const auto& [ours, theirs] : {std::pair(7, 9), std::pair(9, 7), std::pair(7, 7)}) {
    const std::string global = User(static_cast<std::uint64_t>(ours)) + "@here.example+" +
                               User(static_cast<std::uint64_t>(theirs)) + "@there.example";
    for (const NameBook* book : {&here, &there}) {
      const absl::StatusOr<TopicName> topic = book->TopicOfGlobal(global);
      REQUIRE(topic.ok());
      CHECK(topic->kind() == model::TopicKind::kP2p);
      CHECK(book->GlobalNameOf(*topic) == global);
    }
  }
  for (const std::string& global : {Group(5) + "@here.example", Group(5) + "@there.example"}) {
    CHECK(here.GlobalNameOf(*here.TopicOfGlobal(global)) == global);
    CHECK(there.GlobalNameOf(*there.TopicOfGlobal(global)) == global);
  }
  CHECK(*here.TopicOfGlobal(Group(5) + "@here.example") == TopicName::Group(5));
}

TEST_CASE("a global name has one spelling, and a topic of two exactly one of ours", "[name_book]") {
  const NameBook book("here.example", kSecret);
  const std::string ann = User(7) + "@here.example";
  const std::string bob = User(9) + "@there.example";
  for (const std::string& name :
       {std::string(), User(9), bob + "+" + ann, ann + "+" + User(8) + "@here.example",
        bob + "+" + User(8) + "@zzz.example", ann + "+" + ann, ann + "+" + bob + "+" + bob,
        ann + "+" + Group(5) + "@there.example", ann, Group(5) + "@There.example",
        Group(5) + "@there.example:16061", std::string("grpAAAAAAAAAAA@there.example"),
        // The last of 11 characters has two bits that do not count.
        std::string("grpBQAAAAAAAAB@there.example"), "chn" + base::EncodeId(5) + "@there.example",
        std::string("+"), ann + "+"}) {
    CAPTURE(name);
    CHECK(absl::IsInvalidArgument(book.TopicOfGlobal(name).status()));
  }
  CHECK(absl::IsInvalidArgument(book.UserOfGlobal(Group(5) + "@there.example").status()));
  CHECK(absl::IsInvalidArgument(book.UserOfGlobal(User(9)).status()));
  CHECK(absl::IsInvalidArgument(book.UserOfGlobal("usrBQAAAAAAAAB@there.example").status()));
}

TEST_CASE("names that nobody has used yet are bounded, others are not", "[name_book]") {
  const NameBook book("here.example", kSecret);
  const std::string stored = User(1) + "@stored.example";
  book.Confirm(stored);
  const std::string domain = "@there.example";
  for (std::uint64_t i = 1; i <= NameBook::kMaxUnconfirmed; ++i) {
    REQUIRE(book.UserOfGlobal(User(i) + domain).ok());
  }
  const std::string one_more = User(NameBook::kMaxUnconfirmed + 1) + domain;
  CHECK(absl::IsResourceExhausted(book.UserOfGlobal(one_more).status()));
  CHECK(FaultOf(book.Resolve(one_more, kAnn).status()) == Fault::kServiceUnavailable);
  CHECK(book.UserOfGlobal(User(1) + domain).ok());
  CHECK(book.IsConfirmed(*book.UserOfGlobal(stored)));

  CHECK_FALSE(book.IsConfirmed(*book.UserOfGlobal(User(1) + domain)));
  book.Confirm(User(1) + domain);
  book.Confirm(User(1) + domain);
  CHECK(book.IsConfirmed(*book.UserOfGlobal(User(1) + domain)));
  CHECK(book.UserOfGlobal(one_more).ok());
  CHECK_FALSE(book.UserOfGlobal(User(NameBook::kMaxUnconfirmed + 2) + domain).ok());
  book.Confirm(User(NameBook::kMaxUnconfirmed + 2) + domain);
  CHECK(book.UserOfGlobal(User(NameBook::kMaxUnconfirmed + 2) + domain).ok());
}

TEST_CASE("what is no foreign name is passed over when names are confirmed", "[name_book]") {
  const NameBook book("here.example", kSecret);
  for (const std::string& name : {std::string(), std::string("x"), User(7) + "@here.example",
                                  User(7), User(7) + "@a.example+" + User(8) + "@b.example"}) {
    book.Confirm(name);
  }
  CHECK(book.IsConfirmed(kAnn));
  CHECK_FALSE(book.IsConfirmed(*book.ParseUser(User(7) + "@a.example")));
}

TEST_CASE("asking whether a name is known does not make it known", "[name_book]") {
  const NameBook book("here.example", kSecret);
  const std::string bob = User(9) + "@there.example";
  CHECK_FALSE(book.Knows(bob));
  CHECK_FALSE(book.Knows(bob));
  CHECK(book.Knows(User(7) + "@here.example"));
  CHECK_FALSE(book.Knows(User(7) + "@here.example+" + bob));
  REQUIRE(book.UserOfGlobal(bob).ok());
  CHECK(book.Knows(bob));
  CHECK(book.Knows(User(7) + "@here.example+" + bob));
  CHECK_FALSE(book.Knows(Group(9) + "@there.example"));
  for (const std::string& text : {std::string(), std::string("+"), User(7), bob + "+"}) {
    CHECK_FALSE(book.Knows(text));
  }
}

TEST_CASE("threads that meet the same names at once agree on them", "[name_book]") {
  constexpr std::uint64_t kNames = 2000;
  constexpr std::size_t kThreads = 4;
  const NameBook book("here.example", kSecret);
  std::vector<std::vector<UserId>> seen(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&book, &mine = seen[t], t] {
      for (std::uint64_t i = 1; i <= kNames; ++i) {
        const std::string name = User(i) + "@there.example";
        const absl::StatusOr<UserId> user = book.UserOfGlobal(name);
        mine.push_back(user.ok() ? *user : UserId::Nobody());
        if (t % 2 == 0) book.Confirm(name);
        if (book.TextOf(mine.back()) != name) mine.back() = UserId::Nobody();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 1; t < kThreads; ++t) CHECK(seen[t] == seen[0]);
  for (const UserId user : seen[0]) {
    REQUIRE_FALSE(user.is_nobody());
    REQUIRE(book.IsConfirmed(user));
  }
  // Each was counted once and taken off once: there is room for the whole bound again.
  for (std::uint64_t i = 1; i <= NameBook::kMaxUnconfirmed; ++i) {
    REQUIRE(book.UserOfGlobal(User(i) + "@third.example").ok());
  }
  CHECK_FALSE(book.UserOfGlobal(User(1) + "@fourth.example").ok());
}

}  // namespace
}  // namespace molva::names
