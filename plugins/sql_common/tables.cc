#include "sql_common/tables.h"

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

namespace molva::sql_common {
namespace {

constexpr auto kInteger = Value::Kind::kInteger;
constexpr auto kText = Value::Kind::kText;
constexpr auto kBlob = Value::Kind::kBlob;

constexpr Column kTopicKey[] = {
    {"id", kInteger}, {"name", kText}, {"epoch", kInteger}, {"kept_from", kInteger}};
constexpr Column kUser[] = {
    {"id", kInteger},          {"state", kInteger},     {"created", kInteger},
    {"updated", kInteger},     {"last_seen", kInteger}, {"access_auth", kInteger},
    {"access_anon", kInteger}, {"user_agent", kText},   {"public_card", kText},
    {"trusted", kText},        {"tags", kText},         {"origin", kText}};
constexpr Column kErasedUser[] = {{"id", kInteger}};
constexpr Column kTopic[] = {
    {"id", kInteger},          {"state", kInteger},      {"created", kInteger},
    {"updated", kInteger},     {"owner", kInteger},      {"access_auth", kInteger},
    {"access_anon", kInteger}, {"is_channel", kInteger}, {"del_id", kInteger},
    {"public_card", kText},    {"trusted", kText},       {"aux", kText},
    {"tags", kText},           {"party_one", kInteger},  {"party_two", kInteger},
    {"home", kText},           {"origin", kText}};
constexpr Column kSubscription[] = {
    {"topic", kInteger},   {"user", kInteger},    {"is_reader", kInteger}, {"created", kInteger},
    {"updated", kInteger}, {"deleted", kInteger}, {"del_id", kInteger},    {"recv", kInteger},
    {"read", kInteger},    {"want", kInteger},    {"given", kInteger},     {"private_note", kText}};
constexpr Column kMessage[] = {{"topic", kInteger},  {"seq", kInteger}, {"created", kInteger},
                               {"sender", kInteger}, {"head", kText},   {"content", kText}};
constexpr Column kDeletion[] = {{"topic", kInteger},
                                {"user", kInteger},
                                {"del_id", kInteger},
                                {"low", kInteger},
                                {"hi", kInteger}};
constexpr Column kAuth[] = {{"scheme", kText},   {"unique_name", kText}, {"user", kInteger},
                            {"level", kInteger}, {"secret", kBlob},      {"expires", kInteger}};
constexpr Column kTag[] = {{"tag", kText}, {"kind", kInteger}, {"subject", kInteger}};
constexpr Column kValue[] = {{"key", kText}, {"value", kBlob}};
constexpr Column kForeignName[] = {{"name", kBlob}, {"origin", kBlob}};
constexpr Column kLane[] = {
    {"topic", kInteger}, {"lane", kBlob}, {"n", kInteger}, {"hash", kBlob}, {"note", kBlob}};
constexpr Column kEntry[] = {{"topic", kInteger}, {"lane", kBlob},        {"n", kInteger},
                             {"seq", kInteger},   {"body", kBlob},        {"proof", kBlob},
                             {"cause", kBlob},    {"cause_proof", kBlob}, {"payload", kBlob}};
constexpr Column kDelivery[] = {
    {"peer", kBlob}, {"topic", kBlob}, {"lane", kBlob}, {"through", kInteger}, {"acked", kInteger}};
constexpr Column kCredential[] = {
    {"user", kInteger},  {"method", kText},     {"value", kText},      {"done", kInteger},
    {"response", kText}, {"retries", kInteger}, {"created", kInteger}, {"updated", kInteger}};
constexpr Column kFile[] = {{"id", kInteger},   {"status", kInteger}, {"user", kInteger},
                            {"mime", kText},    {"location", kText},  {"etag", kText},
                            {"size", kInteger}, {"created", kInteger}};
constexpr Column kFileLink[] = {
    {"topic", kInteger}, {"seq", kInteger}, {"user", kInteger}, {"file", kInteger}};
constexpr Column kUid[] = {
    {"topic", kInteger}, {"seq", kInteger}, {"user", kInteger}, {"uid", kBlob}};
constexpr Column kDue[] = {{"topic", kInteger}, {"seq", kInteger}, {"at", kInteger}};
constexpr Column kReaction[] = {{"topic", kInteger},
                                {"seq", kInteger},
                                {"user", kInteger},
                                {"sign", kBlob},
                                {"created", kInteger}};
constexpr Column kDevice[] = {{"id", kText},
                              {"user", kInteger},
                              {"platform", kText},
                              {"language", kText},
                              {"last_seen", kInteger}};

std::string Joined(std::span<const Column> columns) {
  std::string names;
  for (const Column& column : columns) {
    if (!names.empty()) names += ", ";
    names += column.name;
  }
  return names;
}

std::string Marks(std::size_t count) {
  std::string marks = "?";
  for (std::size_t i = 1; i < count; ++i) marks += ", ?";
  return marks;
}

// Makes the statements of the tables and keeps them.
class Catalogue {
 public:
  Catalogue() {
    Add("topic_key", kTopicKey, 1);
    Add("user", kUser, 1);
    Add("erased_user", kErasedUser, 1);
    Add("topic", kTopic, 1);
    Add("subscription", kSubscription, 3);
    Add("message", kMessage, 2);
    Add("deletion", kDeletion, 4);
    Add("auth", kAuth, 2);
    Add("tag", kTag, 3);
    Add("value", kValue, 1);
    Add("foreign_name", kForeignName, 1);
    Add("lane", kLane, 2);
    Add("entry", kEntry, 3);
    Add("delivery", kDelivery, 3);
    Add("credential", kCredential, 3);
    Add("file", kFile, 1);
    Add("file_link", kFileLink, 4);
    Add("uid", kUid, 2);
    Add("due", kDue, 2);
    Add("reaction", kReaction, 4);
    Add("device", kDevice, 1);
  }
  std::span<const Table> tables() const { return tables_; }

 private:
  void Add(std::string_view name, std::span<const Column> columns, std::size_t key_columns) {
    const std::string table(name);
    const std::string key = Joined(columns.first(key_columns));
    const std::string select = "SELECT " + Joined(columns) + " FROM " + table;
    const std::string page = " ORDER BY " + key + " LIMIT ?";
    tables_.push_back({name, columns, key_columns, Keep(select + page),
                       Keep(select + " WHERE (" + key + ") > (" + Marks(key_columns) + ")" + page),
                       Keep("INSERT INTO " + table + " (" + Joined(columns) + ") VALUES (" +
                            Marks(columns.size()) + ")")});
  }
  const char* Keep(std::string sql) { return statements_.emplace_back(std::move(sql)).c_str(); }

  std::deque<std::string> statements_;  // whose elements stay where they are
  std::vector<Table> tables_;
};

}  // namespace

std::span<const Table> AllTables() {
  static const Catalogue catalogue;
  return catalogue.tables();
}

const Table* FindTable(std::string_view name) {
  const std::span<const Table> tables = AllTables();
  const auto found = std::find_if(tables.begin(), tables.end(),
                                  [&](const Table& table) { return table.name == name; });
  return found == tables.end() ? nullptr : &*found;
}

}  // namespace molva::sql_common
