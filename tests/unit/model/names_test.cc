// User ids and topic names: what is read, what is written, what is refused.
#include <absl/container/flat_hash_set.h>

#include "model/fault.h"
#include "model/topic_name.h"
#include "model/user_id.h"
#include "tests/support/catch.h"

namespace molva::model {
namespace {

constexpr UserId User(std::uint64_t bits) { return UserId::FromBits(bits); }

TEST_CASE("a user id survives its text form", "[user_id]") {
  for (const std::uint64_t bits : {std::uint64_t{1}, std::uint64_t{0xfb}, std::uint64_t{1} << 63,
                                   ~std::uint64_t{0}, std::uint64_t{0x0123456789abcdef}}) {
    const std::string text = User(bits).ToString();
    CHECK(text.size() == 14);
    CHECK(text.substr(0, 3) == "usr");
    CHECK(*UserId::Parse(text) == User(bits));
  }
  CHECK(User(1).ToString() == "usrAQAAAAAAAAA");
}

TEST_CASE("what is no user id is refused without being repeated", "[user_id]") {
  for (const char* text :
       {"", "usr", "usrAAAAAAAAAAA", "usrAQAAAAAAAA", "usrAQAAAAAAAAAA", "USRAQAAAAAAAAA",
        "grpAQAAAAAAAAA", "AQAAAAAAAAA", "usrAQAAAAAAA/A", "usr AQAAAAAAAA"}) {
    CAPTURE(text);
    const auto id = UserId::Parse(text);
    REQUIRE(id.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(id.status().message() == "not a user id");
  }
}

TEST_CASE("nobody is the user id of zero", "[user_id]") {
  CHECK(UserId::Nobody().is_nobody());
  CHECK(UserId() == UserId::Nobody());
  CHECK_FALSE(User(1).is_nobody());
}

TEST_CASE("every kind of topic name survives its text form", "[topic_name]") {
  const std::pair<TopicName, std::string> table[] = {
      {TopicName::Me(User(1)), "usrAQAAAAAAAAA"},
      {TopicName::Fnd(User(1)), "fndAQAAAAAAAAA"},
      {TopicName::Slf(User(1)), "slfAQAAAAAAAAA"},
      {TopicName::Group(1), "grpAQAAAAAAAAA"},
      {TopicName::Sys(), "sys"},
      {TopicName::P2p(User(1), User(2)), "p2pAQAAAAAAAAACAAAAAAAAAA"},
      {TopicName::P2p(User(0xfb), User(~std::uint64_t{0})), "p2p-wAAAAAAAAD__________w"},
  };
  for (const auto& [name, text] : table) {
    CHECK(name.ToString() == text);
    CHECK(*TopicName::Parse(text) == name);
    CHECK(TopicName::Parse(text)->StableHash() == name.StableHash());
  }
}

TEST_CASE("what is no internal topic name is refused", "[topic_name]") {
  for (const char* text :
       {"", "me", "fnd", "grp", "grpAAAAAAAAAAA", "grpAQAAAAAAAA", "grpAQAAAAAAAAAA",
        "chnAQAAAAAAAAA", "sysx", "p2p", "p2pAQAAAAAAAAACAAAAAAAAA",
        "p2pAAAAAAAAAAABAAAAAAAAAA",  // one side is nobody
        "p2pAgAAAAAAAAABAAAAAAAAAA",  // the larger side first
        "p2pAQAAAAAAAAABAAAAAAAAAA",  // with oneself
        "p2pAQAAAAAAAAACAAAAAAAAAAA"}) {
    CAPTURE(text);
    CHECK(TopicName::Parse(text).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("a p2p topic is the same from either side", "[topic_name]") {
  // Compared as unsigned numbers: the highest bit makes larger, not negative.
  const UserId low = User(2);
  const UserId high = User(std::uint64_t{1} << 63);
  const TopicName name = TopicName::P2p(high, low);
  CHECK(name == TopicName::P2p(low, high));
  CHECK(name.PeerOf(low) == high);
  CHECK(name.PeerOf(high) == low);
  CHECK(name.PeerOf(User(3)).is_nobody());
  CHECK(TopicName::Me(low).PeerOf(low).is_nobody());
}

TEST_CASE("a viewer knows a topic by the name clients use", "[topic_name]") {
  const UserId viewer = User(1);
  CHECK(TopicName::Me(viewer).ClientName(viewer) == "me");
  CHECK(TopicName::Fnd(viewer).ClientName(viewer) == "fnd");
  CHECK(TopicName::Slf(viewer).ClientName(viewer) == "slf");
  CHECK(TopicName::Sys().ClientName(viewer) == "sys");
  CHECK(TopicName::Group(9).ClientName(viewer) == TopicName::Group(9).ToString());
  CHECK(TopicName::P2p(viewer, User(2)).ClientName(viewer) == User(2).ToString());
  CHECK(TopicName::P2p(viewer, User(2)).ClientName(User(2)) == viewer.ToString());
}

TEST_CASE("the stable hash tells kinds and ids apart and never changes", "[topic_name]") {
  absl::flat_hash_set<std::uint64_t> hashes;
  for (std::uint64_t id = 1; id <= 1000; ++id) {
    hashes.insert(TopicName::Me(User(id)).StableHash());
    hashes.insert(TopicName::Fnd(User(id)).StableHash());
    hashes.insert(TopicName::Slf(User(id)).StableHash());
    hashes.insert(TopicName::Group(id).StableHash());
    hashes.insert(TopicName::P2p(User(id), User(id + 5000)).StableHash());
  }
  CHECK(hashes.size() == 5000);
  // Topics keep their shard across versions, so these numbers are a promise.
  CHECK(TopicName::Group(1).StableHash() == 0xc164bb7b2b9b3e3au);
  CHECK(TopicName::P2p(User(1), User(2)).StableHash() == 0xe4d971771b652c20u);
}

TEST_CASE("the text of a client means a topic of his", "[resolve]") {
  using Form = ResolvedTopic::Form;
  const UserId self = User(1);
  struct Row {
    const char* text;
    Form form;
    TopicName name;
    bool as_reader;
  };
  const Row table[] = {
      {"me", Form::kExisting, TopicName::Me(self), false},
      {"fnd", Form::kExisting, TopicName::Fnd(self), false},
      {"slf", Form::kExisting, TopicName::Slf(self), false},
      {"sys", Form::kExisting, TopicName::Sys(), false},
      {"usrAgAAAAAAAAA", Form::kExisting, TopicName::P2p(self, User(2)), false},
      {"grpAgAAAAAAAAA", Form::kExisting, TopicName::Group(2), false},
      {"chnAgAAAAAAAAA", Form::kExisting, TopicName::Group(2), true},
      {"new", Form::kNewGroup, {}, false},
      {"newAnything at all", Form::kNewGroup, {}, false},
      {"nch", Form::kNewChannel, {}, false},
      {"nch1", Form::kNewChannel, {}, false},
  };
  for (const Row& row : table) {
    CAPTURE(row.text);
    const auto resolved = ResolveTopic(row.text, self);
    REQUIRE(resolved.ok());
    CHECK(resolved->form == row.form);
    CHECK(resolved->as_reader == row.as_reader);
    if (row.form == Form::kExisting) CHECK(resolved->name == row.name);
  }
}

TEST_CASE("a text that means no topic is refused with the protocol's code", "[resolve]") {
  const std::pair<const char*, Fault> table[] = {
      {"", Fault::kMalformed},
      {"usr", Fault::kMalformed},
      {"usrzzz", Fault::kMalformed},
      {"usrAAAAAAAAAAA", Fault::kMalformed},
      {"usrAQAAAAAAAAA", Fault::kPermissionDenied},  // oneself
      {"m", Fault::kTopicNotFound},
      {"ne", Fault::kTopicNotFound},
      {"meme", Fault::kTopicNotFound},
      {"ME", Fault::kTopicNotFound},
      {"grp", Fault::kTopicNotFound},
      {"grpAAAAAAAAAAA", Fault::kTopicNotFound},
      {"chnshort", Fault::kTopicNotFound},
      {"p2pAQAAAAAAAAACAAAAAAAAAA", Fault::kTopicNotFound},  // internal names are not for clients
      {"fndAQAAAAAAAAA", Fault::kTopicNotFound},
      {"slfAQAAAAAAAAA", Fault::kTopicNotFound},
  };
  for (const auto& [text, fault] : table) {
    CAPTURE(text);
    CHECK(FaultOf(ResolveTopic(text, User(1)).status()) == fault);
  }
}

}  // namespace
}  // namespace molva::model
