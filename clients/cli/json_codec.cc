#include "clients/cli/json_codec.h"

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/str_replace.h>
#include <absl/time/time.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <simdjson.h>

#include <array>
#include <utility>
#include <vector>

#include "clients/cli/json_text.h"

namespace molva::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
namespace dom = simdjson::dom;

struct Name {
  std::string_view field;
  std::string_view key;
};

// Fields whose key in JSON is not their name. `from` and the like exist in packets of the server
// only, `obo` and the like in those of the client only; no key means two things.
constexpr std::array kNames = std::to_array<Name>({
    {"user_agent", "ua"},
    {"device_id", "dev"},
    {"platform", "platf"},
    {"background", "bkg"},
    {"user_id", "user"},
    {"default_acs", "defacs"},
    {"tmp_scheme", "tmpscheme"},
    {"tmp_secret", "tmpsecret"},
    {"auth_level", "authlevel"},
    {"method", "meth"},
    {"value", "val"},
    {"response", "resp"},
    {"set_query", "set"},
    {"get_query", "get"},
    {"no_echo", "noecho"},
    {"since_id", "since"},
    {"before_id", "before"},
    {"if_modified_since", "ims"},
    {"del_seq", "delseq"},
    {"seq_id", "seq"},
    {"on_behalf_of", "obo"},
    {"from_user_id", "from"},
    {"timestamp", "ts"},
    {"del_id", "clear"},
    {"target_user_id", "tgt"},
    {"actor_user_id", "act"},
    {"created_at", "created"},
    {"updated_at", "updated"},
    {"touched_at", "touched"},
    {"deleted_at", "deleted"},
    {"is_chan", "chan"},
    {"read_id", "read"},
    {"recv_id", "recv"},
    {"subscriber_count", "subcnt"},
});

std::string_view KeyOf(const FieldDescriptor& field) {
  // Replies call it "state".
  if (field.full_name() == "molva.v1.ClientAcc.state") return "status";
  for (const Name& name : kNames) {
    if (name.field == field.name()) return name.key;
  }
  return field.name();
}

const FieldDescriptor* FieldOf(const google::protobuf::Descriptor& type, std::string_view key) {
  for (const Name& name : kNames) {
    if (name.key != key) continue;
    if (const auto* field = type.FindFieldByName(std::string(name.field))) return field;
  }
  // The one key that a packet about presence has for itself.
  return type.FindFieldByName(key == "dacs" ? "acs" : std::string(key));
}

// INFO_NOTE_KP ↔ "kp", CALL_EVENT_HANG_UP ↔ "hang-up": without the prefix its enum has.
constexpr std::array<std::string_view, 4> kEnumPrefixes = {"INFO_NOTE_", "CALL_EVENT_", "WHAT_",
                                                           "AUTH_LEVEL_"};

std::string WordOf(std::string_view enumerator) {
  for (const std::string_view prefix : kEnumPrefixes) {
    if (enumerator.starts_with(prefix)) enumerator.remove_prefix(prefix.size());
  }
  return absl::StrReplaceAll(absl::AsciiStrToLower(std::string(enumerator)), {{"_", "-"}});
}

bool IsSecret(const FieldDescriptor& field) {
  return field.name() == "secret" || field.name() == "tmp_secret";
}

// Writes the members of one message. A sub-message called `query` lies flat in its parent.
class Encoder {
 public:
  std::string Object(const Message& message) {
    std::string out;
    Members(message, out);
    return out.empty() ? "{}" : out + "}";
  }

 private:
  void Members(const Message& message, std::string& out) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) Member(message, *field, out);
  }

  void Member(const Message& message, const FieldDescriptor& field, std::string& out) {
    const Reflection& access = *message.GetReflection();
    if (field.name() == "query" && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return Members(access.GetMessage(message, &field), out);
    }
    out += out.empty() ? '{' : ',';
    AppendJsonText(out, KeyOf(field));
    out += ':';
    if (field.is_map()) return Map(message, field, out);
    if (!field.is_repeated()) return Value(message, field, -1, out);
    out += '[';
    for (int i = 0; i < access.FieldSize(message, &field); ++i) {
      if (i > 0) out += ',';
      Value(message, field, i, out);
    }
    out += ']';
  }

  void Map(const Message& message, const FieldDescriptor& field, std::string& out) {
    const Reflection& access = *message.GetReflection();
    for (int i = 0; i < access.FieldSize(message, &field); ++i) {
      const Message& entry = access.GetRepeatedMessage(message, &field, i);
      out += i == 0 ? '{' : ',';
      AppendJsonText(out,
                     entry.GetReflection()->GetString(entry, entry.GetDescriptor()->map_key()));
      out += ':';
      out += entry.GetReflection()->GetString(entry, entry.GetDescriptor()->map_value());
    }
    out += '}';
  }

  void Value(const Message& message, const FieldDescriptor& field, int index, std::string& out) {
    const Reflection& access = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        out += Object(index < 0 ? access.GetMessage(message, &field)
                                : access.GetRepeatedMessage(message, &field, index));
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        Text(field,
             index < 0 ? access.GetString(message, &field)
                       : access.GetRepeatedString(message, &field, index),
             out);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        AppendJsonText(out, WordOf(access.GetEnum(message, &field)->name()));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        out += access.GetBool(message, &field) ? "true" : "false";
        break;
      case FieldDescriptor::CPPTYPE_INT64:  // always a time
        AppendJsonText(out, TimeText(access.GetInt64(message, &field)));
        break;
      default:
        out += std::to_string(access.GetInt32(message, &field));
    }
  }

  void Text(const FieldDescriptor& field, const std::string& value, std::string& out) {
    if (field.type() == FieldDescriptor::TYPE_STRING) {
      AppendJsonText(out, value);
    } else if (IsSecret(field)) {
      AppendJsonText(out, absl::Base64Escape(value));
    } else {
      out += value;
    }
  }
};

// Reads an object into a message. What does not fit its field is skipped.
class Decoder {
 public:
  void Object(dom::object object, Message& message) {
    for (const auto member : object) {
      if (member.key == "seen") {
        Seen(member.value, message);
      } else if (const auto* field = FieldOf(*message.GetDescriptor(), member.key)) {
        Member(member.value, *field, message);
      }
    }
  }

 private:
  void Seen(dom::element value, Message& message) {
    dom::object seen;
    if (value.get(seen) != simdjson::SUCCESS) return;
    for (const auto member : seen) {
      const auto* field = message.GetDescriptor()->FindFieldByName(
          member.key == "when" ? "last_seen_time" : "last_seen_user_agent");
      if (field != nullptr) Member(member.value, *field, message);
    }
  }

  void Member(dom::element value, const FieldDescriptor& field, Message& message) {
    if (field.is_map()) {
      dom::object object;
      if (value.get(object) != simdjson::SUCCESS) return;
      for (const auto member : object) {
        Message& entry = *message.GetReflection()->AddMessage(&message, &field);
        const Reflection& access = *entry.GetReflection();
        access.SetString(&entry, entry.GetDescriptor()->map_key(), std::string(member.key));
        access.SetString(&entry, entry.GetDescriptor()->map_value(),
                         simdjson::minify(member.value));
      }
    } else if (field.is_repeated()) {
      dom::array array;
      if (value.get(array) != simdjson::SUCCESS) return;
      for (const dom::element item : array) Item(item, field, message);
    } else {
      Value(value, field, message);
    }
  }

  void Item(dom::element item, const FieldDescriptor& field, Message& message) {
    const Reflection& access = *message.GetReflection();
    dom::object object;
    std::string_view text;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (item.get(object) == simdjson::SUCCESS) {
        Object(object, *access.AddMessage(&message, &field));
      }
    } else if (item.get(text) == simdjson::SUCCESS) {
      access.AddString(&message, &field, std::string(text));
    }
  }

  void Value(dom::element value, const FieldDescriptor& field, Message& message) {
    const Reflection& access = *message.GetReflection();
    dom::object object;
    std::string_view text;
    std::int64_t number = 0;
    bool flag = false;
    if (field.type() == FieldDescriptor::TYPE_BYTES) {
      access.SetString(&message, &field, simdjson::minify(value));
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (value.get(object) == simdjson::SUCCESS) {
        Object(object, *access.MutableMessage(&message, &field));
      }
    } else if (value.get(text) == simdjson::SUCCESS) {
      FromText(text, field, message);
    } else if (value.get(number) == simdjson::SUCCESS &&
               field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      access.SetInt32(&message, &field, static_cast<std::int32_t>(number));
    } else if (value.get(flag) == simdjson::SUCCESS &&
               field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      access.SetBool(&message, &field, flag);
    }
  }

  void FromText(std::string_view text, const FieldDescriptor& field, Message& message) {
    const Reflection& access = *message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      access.SetString(&message, &field, std::string(text));
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      absl::Time time;
      std::string error;
      if (absl::ParseTime(absl::RFC3339_full, absl::string_view(text.data(), text.size()), &time,
                          &error)) {
        access.SetInt64(&message, &field, absl::ToUnixMillis(time));
      }
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      for (int i = 0; i < field.enum_type()->value_count(); ++i) {
        const auto* enumerator = field.enum_type()->value(i);
        if (WordOf(enumerator->name()) == text) access.SetEnum(&message, &field, enumerator);
      }
    }
  }
};

}  // namespace

std::string EncodeJson(const molva::v1::ClientMsg& message) { return Encoder().Object(message); }

absl::StatusOr<molva::v1::ServerMsg> DecodeJson(std::string_view text) {
  dom::parser parser;
  const simdjson::padded_string padded(text);
  dom::object object;
  if (parser.parse(padded).get(object) != simdjson::SUCCESS) {
    return absl::UnavailableError("the server sent what is no packet");
  }
  molva::v1::ServerMsg message;
  Decoder().Object(object, message);
  return message;
}

}  // namespace molva::cli
