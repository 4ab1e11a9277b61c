#include "wire/json_encoder.h"

#include "wire/json_writer.h"

namespace molva::wire {
namespace {

void WriteAccess(JsonWriter& parent, std::string_view key, const model::AccessText& access) {
  JsonWriter object(parent.Key(key));
  object.OptionalText("want", access.want);
  object.OptionalText("given", access.given);
  object.OptionalText("mode", access.mode);
  object.End();
}

void WriteSeen(JsonWriter& parent, const std::optional<model::LastSeen>& seen) {
  if (!seen.has_value()) return;
  JsonWriter object(parent.Key("seen"));
  object.Time("when", seen->when);
  object.OptionalText("ua", seen->user_agent);
  object.End();
}

void WriteCtrl(std::string& out, const model::Ctrl& ctrl) {
  JsonWriter object(out);
  object.OptionalText("id", ctrl.id);
  object.OptionalText("topic", ctrl.topic);
  object.Number("code", ctrl.code);
  object.OptionalText("text", ctrl.text);
  object.OptionalFields("params", ctrl.params);
  object.Time("ts", ctrl.ts);
  object.End();
}

void WriteData(std::string& out, const model::Data& data) {
  JsonWriter object(out);
  object.Text("topic", data.topic);
  object.OptionalText("from", data.from);
  object.Time("ts", data.ts);
  object.Number("seq", data.seq);
  object.OptionalFields("head", data.head);
  object.Raw("content", data.content);
  object.End();
}

void WriteDesc(JsonWriter& parent, const model::MetaDesc& desc) {
  JsonWriter object(parent.Key("desc"));
  object.OptionalTime("created", desc.created);
  object.OptionalTime("updated", desc.updated);
  object.OptionalTime("touched", desc.touched);
  object.OptionalText("state", desc.state);
  object.Flag("online", desc.online);
  object.Flag("chan", desc.is_channel);
  WriteSeen(object, desc.seen);
  if (desc.default_access.has_value()) {
    JsonWriter access(object.Key("defacs"));
    access.OptionalText("auth", desc.default_access->auth);
    access.OptionalText("anon", desc.default_access->anon);
    access.End();
  }
  if (desc.access.has_value()) WriteAccess(object, "acs", *desc.access);
  object.OptionalNumber("seq", desc.seq);
  object.OptionalNumber("read", desc.read);
  object.OptionalNumber("recv", desc.recv);
  object.OptionalNumber("clear", desc.clear);
  object.OptionalNumber("subcnt", desc.subscriber_count);
  object.OptionalRaw("public", desc.public_card);
  object.OptionalRaw("trusted", desc.trusted);
  object.OptionalRaw("private", desc.private_note);
  object.End();
}

void WriteSub(std::string& out, const model::MetaSub& sub) {
  JsonWriter object(out);
  object.OptionalText("user", sub.user);
  object.OptionalText("topic", sub.topic);
  object.OptionalTime("updated", sub.updated);
  object.OptionalTime("deleted", sub.deleted);
  object.OptionalTime("touched", sub.touched);
  object.Flag("online", sub.online);
  if (!sub.omit_access) WriteAccess(object, "acs", sub.access);
  object.OptionalNumber("seq", sub.seq);
  object.OptionalNumber("read", sub.read);
  object.OptionalNumber("recv", sub.recv);
  object.OptionalNumber("clear", sub.clear);
  object.OptionalNumber("subcnt", sub.subscriber_count);
  WriteSeen(object, sub.seen);
  object.OptionalRaw("public", sub.public_card);
  object.OptionalRaw("trusted", sub.trusted);
  object.OptionalRaw("private", sub.private_note);
  object.End();
}

void WriteCredentials(JsonWriter& parent, const std::vector<model::MetaCredential>& credentials) {
  if (credentials.empty()) return;
  std::string& out = parent.Key("cred");
  char separator = '[';
  for (const model::MetaCredential& credential : credentials) {
    out += separator;
    separator = ',';
    JsonWriter object(out);
    object.OptionalText("meth", credential.method);
    object.OptionalText("val", credential.value);
    object.Flag("done", credential.done);
    object.End();
  }
  out += ']';
}

void WriteMeta(std::string& out, const model::Meta& meta) {
  JsonWriter object(out);
  object.OptionalText("id", meta.id);
  object.Text("topic", meta.topic);
  object.Time("ts", meta.ts);
  if (meta.desc.has_value()) WriteDesc(object, *meta.desc);
  if (!meta.sub.empty()) {
    std::string& list = object.Key("sub");
    char separator = '[';
    for (const model::MetaSub& sub : meta.sub) {
      list += separator;
      separator = ',';
      WriteSub(list, sub);
    }
    list += ']';
  }
  if (meta.del.has_value()) {
    JsonWriter del(object.Key("del"));
    del.Number("clear", meta.del->clear);
    del.OptionalRanges("delseq", meta.del->ranges);
    del.End();
  }
  object.OptionalTexts("tags", meta.tags);
  WriteCredentials(object, meta.credentials);
  object.OptionalFields("aux", meta.aux);
  object.End();
}

void WritePres(std::string& out, const model::Pres& pres) {
  JsonWriter object(out);
  object.Text("topic", pres.topic);
  object.OptionalText("src", pres.src);
  object.Text("what", pres.what);
  object.OptionalText("ua", pres.user_agent);
  object.OptionalNumber("seq", pres.seq);
  object.OptionalNumber("clear", pres.clear);
  object.OptionalRanges("delseq", pres.ranges);
  object.OptionalText("tgt", pres.target);
  object.OptionalText("act", pres.actor);
  if (pres.access_delta.has_value()) WriteAccess(object, "dacs", *pres.access_delta);
  object.End();
}

void WriteInfo(std::string& out, const model::Info& info) {
  JsonWriter object(out);
  object.Text("topic", info.topic);
  object.OptionalText("src", info.src);
  object.OptionalText("from", info.from);
  object.Text("what", info.what);
  object.OptionalNumber("seq", info.seq);
  object.OptionalText("event", info.event);
  object.OptionalRaw("payload", info.payload);
  object.End();
}

// What each kind of packet is called and who writes it.
struct PacketWriter {
  std::string& out;

  void operator()(const model::Ctrl& ctrl) const { Wrap("{\"ctrl\":", WriteCtrl, ctrl); }
  void operator()(const model::Data& data) const { Wrap("{\"data\":", WriteData, data); }
  void operator()(const model::Meta& meta) const { Wrap("{\"meta\":", WriteMeta, meta); }
  void operator()(const model::Pres& pres) const { Wrap("{\"pres\":", WritePres, pres); }
  void operator()(const model::Info& info) const { Wrap("{\"info\":", WriteInfo, info); }

  template <typename T>
  void Wrap(std::string_view opening, void (*write)(std::string&, const T&), const T& part) const {
    out += opening;
    write(out, part);
    out += '}';
  }
};

}  // namespace

void EncodeJson(const model::Packet& packet, std::string& out) {
  std::visit(PacketWriter{out}, packet);
}

}  // namespace molva::wire
