#include "wire/json_requests.h"

#include "base/time_text.h"

namespace molva::wire {

using model::Request;

// Overloads for the shared parts, found by Object() and the container templates.
// Source: docs/protocol messages §4.

static absl::Status Read(JsonReader& in, JsonValue value, absl::Time& out) {
  std::string text;
  MOLVA_RETURN_IF_ERROR(Read(in, value, text));
  return base::ParseTime(text, out) ? absl::OkStatus() : Malformed("not a time");
}

static absl::Status Read(JsonReader& in, JsonValue value, model::AuthLevel& out) {
  std::string text;
  MOLVA_RETURN_IF_ERROR(Read(in, value, text));
  out = model::ParseAuthLevel(text);
  return absl::OkStatus();
}

static absl::Status Read(JsonReader& in, JsonValue value, model::SeqRange& out) {
  return in.Object(value, Member{"low", &out.low}, Member{"hi", &out.hi});
}

static absl::Status Read(JsonReader& in, JsonValue value, model::Credential& out) {
  return in.Object(value, Member{"meth", &out.method}, Member{"val", &out.value},
                   Member{"resp", &out.response}, Member{"params", &out.params});
}

static absl::Status Read(JsonReader& in, JsonValue value, model::DefaultAccessText& out) {
  return in.Object(value, Member{"auth", &out.auth}, Member{"anon", &out.anon});
}

static absl::Status Read(JsonReader& in, JsonValue value, model::SetDesc& out) {
  return in.Object(value, Member{"defacs", &out.default_access}, Member{"public", &out.public_card},
                   Member{"trusted", &out.trusted}, Member{"private", &out.private_note});
}

static absl::Status Read(JsonReader& in, JsonValue value, model::SetSub& out) {
  return in.Object(value, Member{"user", &out.user}, Member{"mode", &out.mode});
}

static absl::Status Read(JsonReader& in, JsonValue value, model::SetQuery& out) {
  return in.Object(value, Member{"desc", &out.desc}, Member{"sub", &out.sub},
                   Member{"tags", &out.tags}, Member{"cred", &out.credential},
                   Member{"aux", &out.aux});
}

static absl::Status Read(JsonReader& in, JsonValue value, model::GetOptions& out) {
  return in.Object(value, Member{"ims", &out.if_modified_since}, Member{"user", &out.user},
                   Member{"topic", &out.topic}, Member{"since", &out.since},
                   Member{"before", &out.before}, Member{"limit", &out.limit},
                   Member{"ranges", &out.ranges});
}

static absl::Status Read(JsonReader& in, JsonValue value, model::SearchOptions& out) {
  return in.Object(value, Member{"query", &out.query}, Member{"since", &out.since},
                   Member{"before", &out.before}, Member{"limit", &out.limit},
                   Member{"page", &out.page});
}

static absl::Status Read(JsonReader& in, JsonValue value, model::GetQuery& out) {
  return in.Object(value, Member{"what", &out.what}, Member{"desc", &out.desc},
                   Member{"sub", &out.sub}, Member{"data", &out.data}, Member{"del", &out.del},
                   Member{"search", &out.search});
}

absl::Status Read(JsonReader& in, JsonValue value, model::Extra& out) {
  return in.Object(value, Member{"attachments", &out.attachments}, Member{"obo", &out.on_behalf_of},
                   Member{"authlevel", &out.auth_level});
}

namespace {

absl::Status ReadHi(JsonReader& in, JsonValue value, Request& out) {
  auto& hi = out.body.emplace<model::Hi>();
  return in.Object(value, Member{"id", &out.id}, Member{"ver", &hi.version},
                   Member{"ua", &hi.user_agent}, Member{"dev", &hi.device_id},
                   Member{"platf", &hi.platform}, Member{"lang", &hi.language},
                   Member{"bkg", &hi.background});
}

absl::Status ReadAcc(JsonReader& in, JsonValue value, Request& out) {
  auto& acc = out.body.emplace<model::Acc>();
  Base64Text secret;
  Base64Text tmp_secret;
  MOLVA_RETURN_IF_ERROR(in.Object(
      value, Member{"id", &out.id}, Member{"user", &acc.user}, Member{"scheme", &acc.scheme},
      Member{"secret", &secret}, Member{"login", &acc.login}, Member{"tags", &acc.tags},
      Member{"cred", &acc.credentials}, Member{"desc", &acc.desc}, Member{"status", &acc.status},
      Member{"authlevel", &acc.auth_level}, Member{"tmpscheme", &acc.tmp_scheme},
      Member{"tmpsecret", &tmp_secret}));
  acc.secret = std::move(secret.bytes);
  acc.tmp_secret = std::move(tmp_secret.bytes);
  return absl::OkStatus();
}

absl::Status ReadLogin(JsonReader& in, JsonValue value, Request& out) {
  auto& login = out.body.emplace<model::Login>();
  Base64Text secret;
  MOLVA_RETURN_IF_ERROR(in.Object(value, Member{"id", &out.id}, Member{"scheme", &login.scheme},
                                  Member{"secret", &secret}, Member{"cred", &login.credentials}));
  login.secret = std::move(secret.bytes);
  return absl::OkStatus();
}

absl::Status ReadSub(JsonReader& in, JsonValue value, Request& out) {
  auto& sub = out.body.emplace<model::Sub>();
  return in.Object(value, Member{"id", &out.id}, Member{"topic", &sub.topic},
                   Member{"set", &sub.set}, Member{"get", &sub.get});
}

absl::Status ReadLeave(JsonReader& in, JsonValue value, Request& out) {
  auto& leave = out.body.emplace<model::Leave>();
  return in.Object(value, Member{"id", &out.id}, Member{"topic", &leave.topic},
                   Member{"unsub", &leave.unsubscribe});
}

absl::Status ReadPub(JsonReader& in, JsonValue value, Request& out) {
  auto& pub = out.body.emplace<model::Pub>();
  return in.Object(value, Member{"id", &out.id}, Member{"topic", &pub.topic},
                   Member{"noecho", &pub.no_echo}, Member{"head", &pub.head},
                   Member{"content", &pub.content});
}

absl::Status ReadGet(JsonReader& in, JsonValue value, Request& out) {
  auto& get = out.body.emplace<model::Get>();
  return in.Object(value, Member{"id", &out.id}, Member{"topic", &get.topic},
                   Member{"what", &get.query.what}, Member{"desc", &get.query.desc},
                   Member{"sub", &get.query.sub}, Member{"data", &get.query.data},
                   Member{"del", &get.query.del}, Member{"search", &get.query.search});
}

absl::Status ReadSet(JsonReader& in, JsonValue value, Request& out) {
  auto& set = out.body.emplace<model::Set>();
  return in.Object(value, Member{"id", &out.id}, Member{"topic", &set.topic},
                   Member{"desc", &set.query.desc}, Member{"sub", &set.query.sub},
                   Member{"tags", &set.query.tags}, Member{"cred", &set.query.credential},
                   Member{"aux", &set.query.aux});
}

absl::Status ReadDel(JsonReader& in, JsonValue value, Request& out) {
  auto& del = out.body.emplace<model::Del>();
  return in.Object(value, Member{"id", &out.id}, Member{"topic", &del.topic},
                   Member{"what", &del.what}, Member{"hard", &del.hard},
                   Member{"delseq", &del.ranges}, Member{"user", &del.user},
                   Member{"cred", &del.credential});
}

absl::Status ReadNote(JsonReader& in, JsonValue value, Request& out) {
  auto& note = out.body.emplace<model::Note>();
  return in.Object(value, Member{"topic", &note.topic}, Member{"what", &note.what},
                   Member{"seq", &note.seq}, Member{"unread", &note.unread},
                   Member{"event", &note.event}, Member{"payload", &note.payload});
}

// In order of precedence. Source: docs/protocol messages §2.
constexpr RequestReader kReaders[] = {
    {"pub", ReadPub},     {"sub", ReadSub},   {"leave", ReadLeave}, {"hi", ReadHi},
    {"login", ReadLogin}, {"get", ReadGet},   {"set", ReadSet},     {"del", ReadDel},
    {"acc", ReadAcc},     {"note", ReadNote},
};

}  // namespace

const RequestReader* FindRequestReader(std::string_view key) {
  for (const RequestReader& reader : kReaders) {
    if (reader.key == key) return &reader;
  }
  return nullptr;
}

}  // namespace molva::wire
