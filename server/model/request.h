// The ten requests of the protocol as plain values, the same from JSON and from protobuf.
// Absent optional parts are empty values; docs/protocol messages §3 and §4 give every field.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/raw_json.h"
#include "model/seq_range.h"

namespace molva::model {

enum class AuthLevel : std::uint8_t { kNone = 0, kAnon = 10, kAuth = 20, kRoot = 30 };
// "", "anon", "auth", "root".
std::string_view AuthLevelName(AuthLevel level);
// Takes upper case too; anything unknown is kNone.
AuthLevel ParseAuthLevel(std::string_view text);

// How a user proves to own a contact. `params` is an object or absent.
struct Credential {
  std::string method;
  std::string value;
  std::string response;
  JsonFields params;
};

struct DefaultAccessText {
  std::string auth;
  std::string anon;
};

struct SetDesc {
  std::optional<DefaultAccessText> default_access;
  RawJson public_card;
  RawJson trusted;
  RawJson private_note;
};

struct SetSub {
  std::string user;
  std::string mode;
};

struct SetQuery {
  std::optional<SetDesc> desc;
  std::optional<SetSub> sub;
  std::optional<std::vector<std::string>> tags;
  std::optional<Credential> credential;
  std::optional<JsonFields> aux;
};

struct GetOptions {
  std::optional<absl::Time> if_modified_since;
  std::string user;
  std::string topic;
  SeqId since = 0;
  SeqId before = 0;
  std::int32_t limit = 0;
  std::vector<SeqRange> ranges;
};

// Which messages to look for. Source: docs/protocol beyond §7.
struct SearchOptions {
  std::string query;
  SeqId since = 0;
  SeqId before = 0;
  std::int32_t limit = 0;
  std::string page;  // on `me`: where the last page ended, in the server's words
};

struct GetQuery {
  std::string what;  // words separated by single spaces
  std::optional<GetOptions> desc;
  std::optional<GetOptions> sub;
  std::optional<GetOptions> data;
  std::optional<GetOptions> del;
  std::optional<SearchOptions> search;
};

struct Hi {
  std::string version;
  std::string user_agent;
  std::string device_id;
  std::string platform;
  std::string language;
  bool background = false;
};

struct Acc {
  std::string user;
  std::string scheme;
  std::string secret;  // raw bytes
  bool login = false;
  std::vector<std::string> tags;
  std::vector<Credential> credentials;
  std::optional<SetDesc> desc;
  std::string status;
  AuthLevel auth_level = AuthLevel::kNone;
  std::string tmp_scheme;
  std::string tmp_secret;  // raw bytes
};

struct Login {
  std::string scheme;
  std::string secret;  // raw bytes
  std::vector<Credential> credentials;
};

struct Sub {
  std::string topic;
  std::optional<SetQuery> set;
  std::optional<GetQuery> get;
};

struct Leave {
  std::string topic;
  bool unsubscribe = false;
};

struct Pub {
  std::string topic;
  bool no_echo = false;
  JsonFields head;
  RawJson content;
};

struct Get {
  std::string topic;
  GetQuery query;
};

struct Set {
  std::string topic;
  SetQuery query;
};

struct Del {
  std::string topic;
  std::string what;  // "" = "msg"
  bool hard = false;
  std::vector<SeqRange> ranges;
  std::string user;
  std::optional<Credential> credential;
};

struct Note {
  std::string topic;
  std::string what;
  SeqId seq = 0;
  std::int32_t unread = 0;
  std::string event;
  RawJson payload;
};

struct Extra {
  std::vector<std::string> attachments;
  std::string on_behalf_of;
  AuthLevel auth_level = AuthLevel::kNone;
};

// One packet from a client. monostate: the packet named none of the ten requests.
struct Request {
  std::string id;
  std::optional<Extra> extra;
  std::variant<std::monostate, Hi, Acc, Login, Sub, Leave, Pub, Get, Set, Del, Note> body;
};

// The topic a request names; "" for those without one.
std::string_view TopicOf(const Request& request);

}  // namespace molva::model
