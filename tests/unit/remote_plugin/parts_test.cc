// The parts that need no plugin: filters, settings, what changes mean.
#include "remote_plugin/events.h"
#include "remote_plugin/filters.h"
#include "remote_plugin/options.h"
#include "tests/support/catch.h"

namespace molva::remote_plugin {
namespace {

model::Request Request(decltype(model::Request::body) body) {
  model::Request request;
  request.body = std::move(body);
  return request;
}

bool Matches(std::string_view rule, const model::Request& request) {
  const absl::StatusOr<RequestRule> parsed = RequestRule::Parse(rule);
  REQUIRE(parsed.ok());
  return parsed->Matches(request);
}

TEST_CASE("a rule for requests names packets and kinds of topics", "[remote_plugin]") {
  const model::Request login = Request(model::Login{});
  const model::Request to_group = Request(model::Pub{"grpAAAA", false, {}, {}});
  const model::Request to_user = Request(model::Pub{"usrAAAA", false, {}, {}});
  const model::Request to_channel = Request(model::Pub{"chnAAAA", false, {}, {}});
  CHECK(Matches("", login));
  CHECK(Matches("", to_channel));
  CHECK(Matches("login, pub", to_group));
  CHECK_FALSE(Matches("login", to_group));
  CHECK(Matches("pub;grp", to_group));
  CHECK_FALSE(Matches("pub;grp", to_channel));
  CHECK(Matches("pub;chn", to_channel));
  CHECK(Matches("pub;p2p", to_user));
  CHECK(Matches(";me", login));  // it names no topic
  CHECK_FALSE(Matches(";me", to_user));
  CHECK(Matches("sub;new", Request(model::Sub{"newspaper", {}, {}})));
  CHECK_FALSE(Matches(";grp", Request(model::Leave{"x", false})));
  CHECK_FALSE(Matches("", Request(std::monostate{})));
}

TEST_CASE("words that are none are refused by name", "[remote_plugin]") {
  CHECK(RequestRule::Parse("pub,shout").status().message() == "\"shout\" is not a packet");
  CHECK_FALSE(RequestRule::Parse("pub;group").ok());
  CHECK_FALSE(EventRule::Parse("grp;CX").ok());
  CHECK_FALSE(EventRule::ParseActions("c").ok());
}

TEST_CASE("a rule for events names kinds of topics and actions", "[remote_plugin]") {
  const absl::StatusOr<EventRule> rule = EventRule::Parse("grp,p2p;CD");
  REQUIRE(rule.ok());
  CHECK(rule->Matches("grpA", wire::Crud::kCreate));
  CHECK(rule->Matches("p2pA", wire::Crud::kDelete));
  CHECK_FALSE(rule->Matches("grpA", wire::Crud::kUpdate));
  CHECK_FALSE(rule->Matches("sys", wire::Crud::kCreate));
  CHECK_FALSE(rule->Matches("usrA", wire::Crud::kCreate));
  CHECK(EventRule::Parse("me")->Matches("usrA", wire::Crud::kCreate));
  const absl::StatusOr<EventRule> all = EventRule::Parse("");
  REQUIRE(all.ok());
  CHECK(all->Matches("sys", wire::Crud::kUpdate));
}

std::string Refusal(const std::string& json) {
  const absl::StatusOr<PluginOptions> options = ParseOptions("x", json);
  REQUIRE_FALSE(options.ok());
  return std::string(options.status().message());
}

TEST_CASE("a section of the configuration becomes options", "[remote_plugin]") {
  const absl::StatusOr<PluginOptions> options = ParseOptions(
      "x", R"({"address":"unix:///run/x.sock","service":"pbx.Plugin","timeout_ms":250,)"
           R"("fire_hose":"login","find":true,"message":"grp;C","failure_code":503,)"
           R"("failure_text":"later","event_queue":7})");
  REQUIRE(options.ok());
  CHECK(options->name == "x");
  CHECK(options->target == "unix:/run/x.sock");
  CHECK(options->service == "pbx.Plugin");
  CHECK(options->timeout == absl::Milliseconds(250));
  CHECK(options->fire_hose.has_value());
  CHECK(options->has_find);
  CHECK(options->message.has_value());
  CHECK_FALSE(options->account.has_value());
  CHECK(options->failure_code == 503);
  CHECK(options->event_queue == 7);
}

TEST_CASE("what is wrong with a section is said, with its key", "[remote_plugin]") {
  CHECK(Refusal("{}") == "[plugin.remote_x] address: is neither tcp://host:port nor unix:///path");
  CHECK(Refusal(R"({"adress":"unix:///x"})") ==
        "[plugin.remote_x] adress: is not a key of a remote plugin");
  CHECK(Refusal(R"({"address":"tcp://127.0.0.1:0"})").find("address") != std::string::npos);
  CHECK(Refusal(R"({"timeout_ms":0})").find("timeout_ms: is not a number") != std::string::npos);
  CHECK(Refusal(R"({"find":1})").find("find: is neither") != std::string::npos);
  CHECK(Refusal(R"({"service":"other"})").find("service: is neither") != std::string::npos);
  CHECK(Refusal(R"({"address":"unix:///x","failure_code":200})").find("failure_code") !=
        std::string::npos);
  CHECK(Refusal(R"({"address":"unix:///x","ca_file":"/nowhere"})").find("/nowhere") !=
        std::string::npos);
}

TEST_CASE("passwords do not leave the machine in the clear by accident", "[remote_plugin]") {
  CHECK(Refusal(R"({"address":"tcp://plugins.example:7000"})").find("another machine") !=
        std::string::npos);
  CHECK(ParseOptions("x", R"({"address":"tcp://127.0.0.1:7000"})").ok());
  CHECK(ParseOptions("x", R"({"address":"tcp://[::1]:7000"})").ok());
  CHECK(ParseOptions("x", R"({"address":"tcp://plugins.example:7000","allow_plain_text":true})")
            .ok());
}

TEST_CASE("changes of the store become events, in their order", "[remote_plugin]") {
  const names::NameBook names;
  const auto ann = model::UserId::FromBits(1);
  const auto group = model::TopicName::Group(2);
  const absl::Time now = absl::FromUnixMillis(1000);
  store::UserRecord user;
  user.id = ann;
  store::UserRecord shadow;
  shadow.id = model::UserId::FromBits(9);
  shadow.origin = "usrA@elsewhere.example";
  store::UserRecord gone = user;
  gone.state = store::State::kDeleted;
  store::TopicRecord topic;
  topic.name = group;
  store::SubscriptionRecord subscription;
  subscription.topic = group;
  subscription.user = ann;
  subscription.created = subscription.updated = now;
  store::SubscriptionRecord changed = subscription;
  changed.updated = now + absl::Seconds(1);
  store::SubscriptionRecord ended = changed;
  ended.deleted = now;
  store::MessageRecord message;
  message.topic = group;
  message.seq = 3;
  message.from = ann;
  const store::Batch batch = {store::PutUser{user, store::Expect::kAbsent},
                              store::PutUser{shadow, store::Expect::kAnything},
                              store::PutTopic{topic, store::Expect::kPresent},
                              store::PutSubscription{subscription},
                              store::PutSubscription{changed},
                              store::PutSubscription{ended},
                              store::RaiseMarks{group, ann, false, 1, 1},
                              store::AppendMessage{message},
                              store::EraseTopic{group},
                              store::EraseUser{ann}};
  const std::vector<wire::PluginEvent> events = EventsOf(batch, names, {});
  REQUIRE(events.size() == 7);  // the mark said that the account ended
  using wire::Crud;
  CHECK(std::get<wire::AccountEvent>(events[0]).action == Crud::kCreate);
  CHECK(std::get<wire::TopicEvent>(events[1]).action == Crud::kUpdate);
  CHECK(std::get<wire::SubscriptionEvent>(events[2]).action == Crud::kCreate);
  CHECK(std::get<wire::SubscriptionEvent>(events[3]).action == Crud::kUpdate);
  CHECK(std::get<wire::SubscriptionEvent>(events[4]).action == Crud::kDelete);
  CHECK(std::get<wire::MessageEvent>(events[5]).message.seq == 3);
  CHECK(std::get<wire::MessageEvent>(events[5]).message.from == ann.ToString());
  CHECK(std::get<wire::TopicEvent>(events[6]).name == group.ToString());
  CHECK(EventsOf(batch, names, {.account = false, .topic = false, .subscription = false}).size() ==
        1);
  CHECK(EventsOf(batch, names, {.message = false}).size() == 6);
  CHECK(std::get<wire::AccountEvent>(EventsOf({store::PutUser{gone}}, names, {})[0]).action ==
        Crud::kDelete);
}

}  // namespace
}  // namespace molva::remote_plugin
