#include "wire/proto_request_writer.h"

#include "wire/proto_names.h"

namespace molva::wire {
namespace {

namespace v1 = molva::v1;
using JsonMap = google::protobuf::Map<std::string, std::string>;

void Put(const model::JsonFields& from, JsonMap& out) {
  for (const auto& [key, value] : from) out[key] = value.text;
}

void Put(const std::vector<model::SeqRange>& from,
         google::protobuf::RepeatedPtrField<v1::SeqRange>& out) {
  for (const model::SeqRange& range : from) {
    v1::SeqRange& added = *out.Add();
    added.set_low(range.low);
    added.set_hi(range.hi);
  }
}

void Put(const model::GetOptions& from, v1::GetOpts& out) {
  if (from.if_modified_since.has_value()) {
    out.set_if_modified_since(absl::ToUnixMillis(*from.if_modified_since));
  }
  out.set_user(from.user);
  out.set_topic(from.topic);
  out.set_since_id(from.since);
  out.set_before_id(from.before);
  out.set_limit(from.limit);
  Put(from.ranges, *out.mutable_ranges());
}

void Put(const model::GetQuery& from, v1::GetQuery& out) {
  out.set_what(from.what);
  if (from.desc.has_value()) Put(*from.desc, *out.mutable_desc());
  if (from.sub.has_value()) Put(*from.sub, *out.mutable_sub());
  if (from.data.has_value()) Put(*from.data, *out.mutable_data());
  if (from.del.has_value()) Put(*from.del, *out.mutable_del());
  if (!from.search.has_value()) return;
  v1::SearchOpts& search = *out.mutable_search();
  search.set_query(from.search->query);
  search.set_since_id(from.search->since);
  search.set_before_id(from.search->before);
  search.set_limit(from.search->limit);
  search.set_page(from.search->page);
}

void Put(const model::Credential& from, v1::ClientCred& out) {
  out.set_method(from.method);
  out.set_value(from.value);
  out.set_response(from.response);
  Put(from.params, *out.mutable_params());
}

void Put(const model::SetDesc& from, v1::SetDesc& out) {
  if (from.default_access.has_value()) {
    out.mutable_default_acs()->set_auth(from.default_access->auth);
    out.mutable_default_acs()->set_anon(from.default_access->anon);
  }
  out.set_public_(from.public_card.text);
  out.set_trusted(from.trusted.text);
  out.set_private_(from.private_note.text);
}

void Put(const model::SetQuery& from, v1::SetQuery& out) {
  if (from.desc.has_value()) Put(*from.desc, *out.mutable_desc());
  if (from.sub.has_value()) {
    out.mutable_sub()->set_user_id(from.sub->user);
    out.mutable_sub()->set_mode(from.sub->mode);
  }
  if (from.tags.has_value()) {
    for (const std::string& tag : *from.tags) out.add_tags(tag);
  }
  if (from.credential.has_value()) Put(*from.credential, *out.mutable_cred());
  if (from.aux.has_value()) Put(*from.aux, *out.mutable_aux());
}

void Write(const model::Hi& from, v1::ClientMsg& out) {
  v1::ClientHi& hi = *out.mutable_hi();
  hi.set_ver(from.version);
  hi.set_user_agent(from.user_agent);
  hi.set_device_id(from.device_id);
  hi.set_platform(from.platform);
  hi.set_lang(from.language);
  hi.set_background(from.background);
}

void Write(const model::Acc& from, v1::ClientMsg& out) {
  v1::ClientAcc& acc = *out.mutable_acc();
  acc.set_user_id(from.user);
  acc.set_scheme(from.scheme);
  acc.set_secret(from.secret);
  acc.set_login(from.login);
  for (const std::string& tag : from.tags) acc.add_tags(tag);
  for (const model::Credential& credential : from.credentials) Put(credential, *acc.add_cred());
  if (from.desc.has_value()) Put(*from.desc, *acc.mutable_desc());
  acc.set_state(from.status);
  acc.set_auth_level(LevelOf(from.auth_level));
  acc.set_tmp_scheme(from.tmp_scheme);
  acc.set_tmp_secret(from.tmp_secret);
}

void Write(const model::Login& from, v1::ClientMsg& out) {
  v1::ClientLogin& login = *out.mutable_login();
  login.set_scheme(from.scheme);
  login.set_secret(from.secret);
  for (const model::Credential& credential : from.credentials) Put(credential, *login.add_cred());
}

void Write(const model::Sub& from, v1::ClientMsg& out) {
  v1::ClientSub& sub = *out.mutable_sub();
  sub.set_topic(from.topic);
  if (from.set.has_value()) Put(*from.set, *sub.mutable_set_query());
  if (from.get.has_value()) Put(*from.get, *sub.mutable_get_query());
}

void Write(const model::Leave& from, v1::ClientMsg& out) {
  out.mutable_leave()->set_topic(from.topic);
  out.mutable_leave()->set_unsub(from.unsubscribe);
}

void Write(const model::Pub& from, v1::ClientMsg& out) {
  v1::ClientPub& pub = *out.mutable_pub();
  pub.set_topic(from.topic);
  pub.set_no_echo(from.no_echo);
  Put(from.head, *pub.mutable_head());
  pub.set_content(from.content.text);
}

void Write(const model::Get& from, v1::ClientMsg& out) {
  out.mutable_get()->set_topic(from.topic);
  Put(from.query, *out.mutable_get()->mutable_query());
}

void Write(const model::Set& from, v1::ClientMsg& out) {
  out.mutable_set()->set_topic(from.topic);
  Put(from.query, *out.mutable_set()->mutable_query());
}

void Write(const model::Del& from, v1::ClientMsg& out) {
  v1::ClientDel& del = *out.mutable_del();
  del.set_topic(from.topic);
  del.set_what(DelWhatOf(from.what));
  del.set_hard(from.hard);
  Put(from.ranges, *del.mutable_del_seq());
  del.set_user_id(from.user);
  if (from.credential.has_value()) Put(*from.credential, *del.mutable_cred());
}

void Write(const model::Note& from, v1::ClientMsg& out) {
  v1::ClientNote& note = *out.mutable_note();
  note.set_topic(from.topic);
  note.set_what(InfoNoteOf(from.what));
  note.set_seq_id(from.seq);
  note.set_unread(from.unread);
  note.set_event(CallEventOf(from.event));
  note.set_payload(from.payload.text);
}

void Write(std::monostate, v1::ClientMsg&) {}

void SetId(const std::string& id, v1::ClientMsg& out) {
  const auto set = [&id](auto& message) { message.set_id(id); };
  if (out.has_hi()) set(*out.mutable_hi());
  if (out.has_acc()) set(*out.mutable_acc());
  if (out.has_login()) set(*out.mutable_login());
  if (out.has_sub()) set(*out.mutable_sub());
  if (out.has_leave()) set(*out.mutable_leave());
  if (out.has_pub()) set(*out.mutable_pub());
  if (out.has_get()) set(*out.mutable_get());
  if (out.has_set()) set(*out.mutable_set());
  if (out.has_del()) set(*out.mutable_del());
}

}  // namespace

v1::AuthLevel LevelOf(model::AuthLevel level) {
  return static_cast<v1::AuthLevel>(static_cast<int>(level));
}

void WriteRequest(const model::Request& request, v1::ClientMsg& out) {
  std::visit([&out](const auto& body) { Write(body, out); }, request.body);
  SetId(request.id, out);
  if (!request.extra.has_value()) return;
  v1::ClientExtra& extra = *out.mutable_extra();
  for (const std::string& url : request.extra->attachments) extra.add_attachments(url);
  extra.set_on_behalf_of(request.extra->on_behalf_of);
  extra.set_auth_level(LevelOf(request.extra->auth_level));
}

}  // namespace molva::wire
