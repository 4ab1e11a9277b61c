#include "sql_common/exporter.h"

#include <utility>

namespace molva::sql_common {
namespace {

constexpr std::int64_t kRowsPerQuery = 1000;

bool IsOfImport(const Table& table, const Row& row) {
  return table.name == "value" && row.Text(0) == kImportKey;
}

}  // namespace

struct Exporter::Batch {
  std::size_t max_bytes;
  const molva_sink* records;
  std::size_t bytes = 0;
  std::int64_t rows = 0;  // of the last query
  bool is_full = false;
  std::string record = {};  // the last one
};

Exporter::~Exporter() {
  if (connection_.InTransaction()) (void)connection_.EndReading();
}

Outcome Exporter::Begin(molva_text behind) {
  if (behind.size != 0) {
    const auto record = ReadRecord(sdk::View(behind));
    if (!record.has_value()) return {MOLVA_MALFORMED, "that is no place in a store"};
    place_ = PlaceOf(*record);
    table_ = static_cast<std::size_t>(record->table - AllTables().data());
  }
  return connection_.BeginReading();
}

Outcome Exporter::ReadTable(Batch& batch) {
  const Table& table = AllTables()[table_];
  batch.rows = 0;
  const auto visit = [&](const Row& row) {
    ++batch.rows;
    batch.record.clear();
    AppendRecord(table, row, &batch.record);
    if (IsOfImport(table, row)) return Next::kContinue;
    sdk::Put(batch.records, batch.record);
    batch.bytes += batch.record.size();
    batch.is_full = batch.bytes >= batch.max_bytes;
    return batch.is_full ? Next::kStop : Next::kContinue;
  };
  std::vector<Value> parameters;
  if (!place_.empty()) {
    const auto place = ReadRecord(place_);
    parameters.assign(place->values.begin(),
                      place->values.begin() + static_cast<std::ptrdiff_t>(table.key_columns));
  }
  parameters.push_back(ToValue(kRowsPerQuery));
  MOLVA_RETURN_UNLESS_OK(connection_.ForEachWith(
      place_.empty() ? table.first_page : table.next_page, visit, parameters));
  if (batch.rows > 0) place_ = PlaceOf(*ReadRecord(batch.record));
  return Done();
}

Outcome Exporter::Read(std::size_t max_bytes, const molva_sink* records) {
  Batch batch{max_bytes, records};
  while (table_ < AllTables().size() && !batch.is_full) {
    MOLVA_RETURN_UNLESS_OK(ReadTable(batch));
    if (!batch.is_full && batch.rows < kRowsPerQuery) {
      ++table_;
      place_.clear();
    }
  }
  return Done();
}

}  // namespace molva::sql_common
