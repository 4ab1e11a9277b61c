// The functions of the C contract that copy a whole store, for any store with SQL behind it.
#pragma once

#include <memory>
#include <string>

#include "molva/store_plugin.h"
#include "sql_common/exporter.h"
#include "sql_common/importer.h"

namespace molva::sql_common {

// A store completes molva_store_export and molva_store_import with these, and gives molva_store
// Outcome OpenForExport(SqlConnection&) and OpenForImport(SqlConnection&).
template <typename SqlConnection>
struct ExportSession {
  SqlConnection connection;
  Exporter exporter{connection};
};
template <typename SqlConnection, typename End>
struct ImportSession {
  SqlConnection connection;
  End end{connection};
  Importer importer{connection, end};
};

template <typename Store, typename Export>
molva_code BeginExport(Store* self, molva_text behind, const molva_sink* why, Export** out) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    auto session = std::make_unique<Export>();
    MOLVA_RETURN_UNLESS_OK(self->OpenForExport(session->connection));
    MOLVA_RETURN_UNLESS_OK(session->exporter.Begin(behind));
    *out = session.release();
    return Done();
  });
}

template <typename Export>
molva_code ExportRecords(Export* self, size_t max_bytes, const molva_sink* records,
                         const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&] { return self->exporter.Read(max_bytes, records); });
}

template <typename Store, typename Import>
molva_code BeginImport(Store* self, const molva_sink* place, const molva_sink* why, Import** out) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    auto session = std::make_unique<Import>();
    std::string begun_until;
    MOLVA_RETURN_UNLESS_OK(self->OpenForImport(session->connection));
    MOLVA_RETURN_UNLESS_OK(session->importer.Begin(&begun_until));
    if (!begun_until.empty()) sdk::Put(place, begun_until);
    *out = session.release();
    return Done();
  });
}

template <typename Import>
molva_code ImportRecords(Import* self, molva_texts records, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&] { return self->importer.Write(records); });
}

template <typename Import>
molva_code FinishImport(Import* self, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&] { return self->importer.Finish(); });
}

template <typename Session>
void EndSession(Session* self) {
  std::unique_ptr<Session>(self).reset();
}

// The table with these functions too.
template <typename Store, typename Export, typename Import>
constexpr molva_store_api WithCopies(molva_store_api api) {
  api.begin_export = &BeginExport<Store, Export>;
  api.export_records = &ExportRecords<Export>;
  api.end_export = &EndSession<Export>;
  api.begin_import = &BeginImport<Store, Import>;
  api.import_records = &ImportRecords<Import>;
  api.finish_import = &FinishImport<Import>;
  api.end_import = &EndSession<Import>;
  return api;
}

}  // namespace molva::sql_common
