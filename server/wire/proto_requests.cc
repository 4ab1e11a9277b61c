#include "wire/proto_requests.h"

#include <algorithm>

#include "base/status_macros.h"
#include "wire/proto_names.h"

namespace molva::wire {
namespace {

namespace v1 = molva::v1;
using JsonMap = google::protobuf::Map<std::string, std::string>;

// Moves one message into the model, checking the JSON in it. Overloads of Take by message.
class RequestTaker {
 public:
  explicit RequestTaker(JsonValueChecker& json) : json_(json) {}

  absl::Status Take(v1::ClientHi& from, model::Request& out);
  absl::Status Take(v1::ClientAcc& from, model::Request& out);
  absl::Status Take(v1::ClientLogin& from, model::Request& out);
  absl::Status Take(v1::ClientSub& from, model::Request& out);
  absl::Status Take(v1::ClientLeave& from, model::Request& out);
  absl::Status Take(v1::ClientPub& from, model::Request& out);
  absl::Status Take(v1::ClientGet& from, model::Request& out);
  absl::Status Take(v1::ClientSet& from, model::Request& out);
  absl::Status Take(v1::ClientDel& from, model::Request& out);
  absl::Status Take(v1::ClientNote& from, model::Request& out);

 private:
  absl::Status TakeJson(const std::string& text, model::RawJson& out);
  absl::Status TakeFields(const JsonMap& from, model::JsonFields& out);
  absl::Status TakeCredential(v1::ClientCred& from, model::Credential& out);
  template <typename Repeated>
  absl::Status TakeCredentials(Repeated& from, std::vector<model::Credential>& out);
  absl::Status TakeDesc(v1::SetDesc& from, model::SetDesc& out);
  absl::Status TakeSet(v1::SetQuery& from, model::SetQuery& out);

  JsonValueChecker& json_;
};

// What JSON would have left out because it was null is absent here too.
absl::Status RequestTaker::TakeJson(const std::string& text, model::RawJson& out) {
  MOLVA_RETURN_IF_ERROR(json_.Read(text, out));
  if (out.text == "null") out.text.clear();
  return absl::OkStatus();
}

// A map has no order: the keys are sorted, so that equal requests stay equal.
absl::Status RequestTaker::TakeFields(const JsonMap& from, model::JsonFields& out) {
  for (const auto& [key, text] : from) {
    model::RawJson value;
    MOLVA_RETURN_IF_ERROR(json_.Read(text, value));
    if (!value.empty()) out.emplace_back(key, std::move(value));
  }
  std::sort(out.begin(), out.end(),
            [](const auto& one, const auto& other) { return one.first < other.first; });
  return absl::OkStatus();
}

template <typename Repeated>
std::vector<std::string> TakeTexts(Repeated& from) {
  return {std::make_move_iterator(from.begin()), std::make_move_iterator(from.end())};
}

std::vector<model::SeqRange> TakeRanges(
    const google::protobuf::RepeatedPtrField<v1::SeqRange>& from) {
  std::vector<model::SeqRange> ranges;
  ranges.reserve(static_cast<std::size_t>(from.size()));
  for (const v1::SeqRange& range : from) ranges.push_back({range.low(), range.hi()});
  return ranges;
}

model::AuthLevel TakeLevel(v1::AuthLevel level) {
  switch (level) {
    case v1::AUTH_LEVEL_ANON:
      return model::AuthLevel::kAnon;
    case v1::AUTH_LEVEL_AUTH:
      return model::AuthLevel::kAuth;
    case v1::AUTH_LEVEL_ROOT:
      return model::AuthLevel::kRoot;
    default:
      return model::AuthLevel::kNone;
  }
}

model::GetOptions TakeOptions(v1::GetOpts& from) {
  model::GetOptions options;
  if (from.if_modified_since() != 0) {
    options.if_modified_since = absl::FromUnixMillis(from.if_modified_since());
  }
  options.user = std::move(*from.mutable_user());
  options.topic = std::move(*from.mutable_topic());
  options.since = from.since_id();
  options.before = from.before_id();
  options.limit = from.limit();
  options.ranges = TakeRanges(from.ranges());
  return options;
}

model::SearchOptions TakeSearch(v1::SearchOpts& from) {
  model::SearchOptions options;
  options.query = std::move(*from.mutable_query());
  options.since = from.since_id();
  options.before = from.before_id();
  options.limit = from.limit();
  options.page = std::move(*from.mutable_page());
  return options;
}

model::GetQuery TakeGet(v1::GetQuery& from) {
  model::GetQuery query;
  query.what = std::move(*from.mutable_what());
  if (from.has_desc()) query.desc = TakeOptions(*from.mutable_desc());
  if (from.has_sub()) query.sub = TakeOptions(*from.mutable_sub());
  if (from.has_data()) query.data = TakeOptions(*from.mutable_data());
  if (from.has_del()) query.del = TakeOptions(*from.mutable_del());
  if (from.has_search()) query.search = TakeSearch(*from.mutable_search());
  return query;
}

absl::Status RequestTaker::TakeCredential(v1::ClientCred& from, model::Credential& out) {
  out.method = std::move(*from.mutable_method());
  out.value = std::move(*from.mutable_value());
  out.response = std::move(*from.mutable_response());
  return TakeFields(from.params(), out.params);
}

template <typename Repeated>
absl::Status RequestTaker::TakeCredentials(Repeated& from, std::vector<model::Credential>& out) {
  for (v1::ClientCred& credential : from) {
    MOLVA_RETURN_IF_ERROR(TakeCredential(credential, out.emplace_back()));
  }
  return absl::OkStatus();
}

absl::Status RequestTaker::TakeDesc(v1::SetDesc& from, model::SetDesc& out) {
  if (from.has_default_acs()) {
    out.default_access =
        model::DefaultAccessText{from.default_acs().auth(), from.default_acs().anon()};
  }
  MOLVA_RETURN_IF_ERROR(TakeJson(from.public_(), out.public_card));
  MOLVA_RETURN_IF_ERROR(TakeJson(from.trusted(), out.trusted));
  return TakeJson(from.private_(), out.private_note);
}

absl::Status RequestTaker::TakeSet(v1::SetQuery& from, model::SetQuery& out) {
  if (from.has_desc()) {
    MOLVA_RETURN_IF_ERROR(TakeDesc(*from.mutable_desc(), out.desc.emplace()));
  }
  if (from.has_sub()) out.sub = model::SetSub{from.sub().user_id(), from.sub().mode()};
  if (from.tags_size() > 0) out.tags = TakeTexts(*from.mutable_tags());
  if (from.has_cred()) {
    MOLVA_RETURN_IF_ERROR(TakeCredential(*from.mutable_cred(), out.credential.emplace()));
  }
  return from.aux().empty() ? absl::OkStatus() : TakeFields(from.aux(), out.aux.emplace());
}

absl::Status RequestTaker::Take(v1::ClientHi& from, model::Request& out) {
  auto& hi = out.body.emplace<model::Hi>();
  hi.version = std::move(*from.mutable_ver());
  hi.user_agent = std::move(*from.mutable_user_agent());
  hi.device_id = std::move(*from.mutable_device_id());
  hi.platform = std::move(*from.mutable_platform());
  hi.language = std::move(*from.mutable_lang());
  hi.background = from.background();
  return absl::OkStatus();
}

absl::Status RequestTaker::Take(v1::ClientAcc& from, model::Request& out) {
  auto& acc = out.body.emplace<model::Acc>();
  acc.user = std::move(*from.mutable_user_id());
  acc.scheme = std::move(*from.mutable_scheme());
  acc.secret = std::move(*from.mutable_secret());
  acc.login = from.login();
  acc.tags = TakeTexts(*from.mutable_tags());
  acc.status = std::move(*from.mutable_state());
  acc.auth_level = TakeLevel(from.auth_level());
  acc.tmp_scheme = std::move(*from.mutable_tmp_scheme());
  acc.tmp_secret = std::move(*from.mutable_tmp_secret());
  if (from.has_desc()) {
    MOLVA_RETURN_IF_ERROR(TakeDesc(*from.mutable_desc(), acc.desc.emplace()));
  }
  return TakeCredentials(*from.mutable_cred(), acc.credentials);
}

absl::Status RequestTaker::Take(v1::ClientLogin& from, model::Request& out) {
  auto& login = out.body.emplace<model::Login>();
  login.scheme = std::move(*from.mutable_scheme());
  login.secret = std::move(*from.mutable_secret());
  return TakeCredentials(*from.mutable_cred(), login.credentials);
}

absl::Status RequestTaker::Take(v1::ClientSub& from, model::Request& out) {
  auto& sub = out.body.emplace<model::Sub>();
  sub.topic = std::move(*from.mutable_topic());
  if (from.has_get_query()) sub.get = TakeGet(*from.mutable_get_query());
  if (!from.has_set_query()) return absl::OkStatus();
  return TakeSet(*from.mutable_set_query(), sub.set.emplace());
}

absl::Status RequestTaker::Take(v1::ClientLeave& from, model::Request& out) {
  out.body = model::Leave{std::move(*from.mutable_topic()), from.unsub()};
  return absl::OkStatus();
}

absl::Status RequestTaker::Take(v1::ClientPub& from, model::Request& out) {
  auto& pub = out.body.emplace<model::Pub>();
  pub.topic = std::move(*from.mutable_topic());
  pub.no_echo = from.no_echo();
  MOLVA_RETURN_IF_ERROR(TakeFields(from.head(), pub.head));
  return TakeJson(from.content(), pub.content);
}

absl::Status RequestTaker::Take(v1::ClientGet& from, model::Request& out) {
  out.body = model::Get{std::move(*from.mutable_topic()), TakeGet(*from.mutable_query())};
  return absl::OkStatus();
}

absl::Status RequestTaker::Take(v1::ClientSet& from, model::Request& out) {
  auto& set = out.body.emplace<model::Set>();
  set.topic = std::move(*from.mutable_topic());
  return TakeSet(*from.mutable_query(), set.query);
}

absl::Status RequestTaker::Take(v1::ClientDel& from, model::Request& out) {
  auto& del = out.body.emplace<model::Del>();
  del.topic = std::move(*from.mutable_topic());
  del.what = WordOf(from.what());
  del.hard = from.hard();
  del.ranges = TakeRanges(from.del_seq());
  del.user = std::move(*from.mutable_user_id());
  if (!from.has_cred()) return absl::OkStatus();
  return TakeCredential(*from.mutable_cred(), del.credential.emplace());
}

absl::Status RequestTaker::Take(v1::ClientNote& from, model::Request& out) {
  auto& note = out.body.emplace<model::Note>();
  note.topic = std::move(*from.mutable_topic());
  note.what = WordOf(from.what());
  note.seq = from.seq_id();
  note.unread = from.unread();
  note.event = WordOf(from.event());
  return TakeJson(from.payload(), note.payload);
}

// Takes the id, where the message has one, and the rest.
template <typename Message>
absl::Status TakeWhole(RequestTaker& taker, Message& from, model::Request& out) {
  if constexpr (requires { from.mutable_id(); }) out.id = std::move(*from.mutable_id());
  return taker.Take(from, out);
}

}  // namespace

absl::Status ReadRequest(JsonValueChecker& json, v1::ClientMsg& message, model::Request& out) {
  if (message.has_extra()) {
    v1::ClientExtra& extra = *message.mutable_extra();
    out.extra =
        model::Extra{TakeTexts(*extra.mutable_attachments()),
                     std::move(*extra.mutable_on_behalf_of()), TakeLevel(extra.auth_level())};
  }
  RequestTaker taker(json);
  switch (message.message_case()) {
    case v1::ClientMsg::kHi:
      return TakeWhole(taker, *message.mutable_hi(), out);
    case v1::ClientMsg::kAcc:
      return TakeWhole(taker, *message.mutable_acc(), out);
    case v1::ClientMsg::kLogin:
      return TakeWhole(taker, *message.mutable_login(), out);
    case v1::ClientMsg::kSub:
      return TakeWhole(taker, *message.mutable_sub(), out);
    case v1::ClientMsg::kLeave:
      return TakeWhole(taker, *message.mutable_leave(), out);
    case v1::ClientMsg::kPub:
      return TakeWhole(taker, *message.mutable_pub(), out);
    case v1::ClientMsg::kGet:
      return TakeWhole(taker, *message.mutable_get(), out);
    case v1::ClientMsg::kSet:
      return TakeWhole(taker, *message.mutable_set(), out);
    case v1::ClientMsg::kDel:
      return TakeWhole(taker, *message.mutable_del(), out);
    case v1::ClientMsg::kNote:
      return TakeWhole(taker, *message.mutable_note(), out);
    case v1::ClientMsg::MESSAGE_NOT_SET:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace molva::wire
