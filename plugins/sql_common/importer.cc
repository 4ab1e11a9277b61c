#include "sql_common/importer.h"

#include "sql_common/exporter.h"

namespace molva::sql_common {
namespace {

// A place that comes before all records.
constexpr std::string_view kStart = "\1";

}  // namespace

Outcome Importer::CheckEmpty() {
  bool is_empty = true;
  const auto visit = [&](const Row&) {
    is_empty = false;
    return Next::kStop;
  };
  for (const Table& table : AllTables()) {
    const Value limit = ToValue(1);
    MOLVA_RETURN_UNLESS_OK(connection_.ForEachWith(table.first_page, visit, {&limit, 1}));
    if (!is_empty) {
      return {MOLVA_ALREADY_EXISTS,
              "the store is not empty: it has something in " + std::string(table.name)};
    }
  }
  return Done();
}

Outcome Importer::KeepPlace(std::string_view place) {
  return connection_.Run(
      "INSERT INTO value (key, value) VALUES (?1, ?2)"
      " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      kImportKey, Blob{sdk::Text(place)});
}

Outcome Importer::Begin(std::string* place) {
  bool was_begun = false;
  MOLVA_RETURN_UNLESS_OK(connection_.BeginWriting());
  Outcome outcome = connection_.ForEach(
      "SELECT value FROM value WHERE key = ?",
      [&](const Row& row) {
        was_begun = true;
        if (row.Text(0) != kStart) *place = row.Text(0);
        return Next::kStop;
      },
      kImportKey);
  if (outcome.ok() && !was_begun) outcome = CheckEmpty();
  if (outcome.ok() && !was_begun) outcome = KeepPlace(kStart);
  if (outcome.ok()) return connection_.CommitWriting();
  connection_.RollBack();
  return outcome;
}

Outcome Importer::Insert(molva_texts records) {
  std::string place;
  for (std::size_t i = 0; i < records.count; ++i) {
    const auto record = ReadRecord(sdk::View(records.items[i]));
    if (!record.has_value()) return {MOLVA_MALFORMED, "that is no record of a store"};
    MOLVA_RETURN_UNLESS_OK(connection_.RunWith(record->table->insert, record->values));
    if (i + 1 == records.count) place = PlaceOf(*record);
  }
  return place.empty() ? Done() : KeepPlace(place);
}

// What no record has: the counts, and that all messages are to be indexed.
Outcome Importer::End(molva_texts) {
  MOLVA_RETURN_UNLESS_OK(
      connection_.Run("UPDATE topic_key SET live = (SELECT count(*) FROM subscription s"
                      " WHERE s.topic = topic_key.id AND s.deleted IS NULL)"));
  MOLVA_RETURN_UNLESS_OK(connection_.Run(
      "UPDATE file SET links = (SELECT count(*) FROM file_link l WHERE l.file = file.id)"));
  MOLVA_RETURN_UNLESS_OK(
      connection_.Run("INSERT INTO unindexed (topic, low) SELECT t.id, 1 FROM topic t"
                      " WHERE EXISTS (SELECT 1 FROM message m WHERE m.topic = t.id)"));
  MOLVA_RETURN_UNLESS_OK(end_.Run());
  return connection_.Run("DELETE FROM value WHERE key = ?", kImportKey);
}

Outcome Importer::InTransaction(Outcome (Importer::*body)(molva_texts), molva_texts records) {
  MOLVA_RETURN_UNLESS_OK(connection_.BeginWriting());
  const Outcome outcome = (this->*body)(records);
  if (outcome.ok()) return connection_.CommitWriting();
  connection_.RollBack();
  return outcome;
}

Outcome Importer::Write(molva_texts records) { return InTransaction(&Importer::Insert, records); }

Outcome Importer::Finish() { return InTransaction(&Importer::End, {nullptr, 0}); }

}  // namespace molva::sql_common
