// A storage plugin with exactly one fault, chosen when it is compiled (MOLVA_FAULT). Its functions
// end the process if the host calls them although it should have refused the library.
#include <unistd.h>

#include <cstdlib>

#include "molva/declare.hpp"
#include "molva/plugin.hpp"
#include "molva/store_plugin.h"

namespace {

enum class Fault {
  kNoEntry,
  kNullTable,
  kBadMagic,
  kShortTable,
  kOtherMajor,
  kUnknownKind,
  kNoName,
  kNoApi,
  kShortApi,
  kNoFunction,
  kNoInstance,
  kRefuses,
  kEntryCrashes,
  kEntryHangs,
  kEntryExits,
  kOpenCrashes,
  kOpenHangs,
  kOpenExits,
  kBadSettings,
};
constexpr Fault kFault = Fault::MOLVA_FAULT;

[[noreturn]] void Hang() {
  for (;;) ::pause();
}

molva_code Open(const molva_host*, const molva_store_client*, molva_text, const molva_sink* why,
                molva_store**) {
  if (kFault == Fault::kNoInstance) return MOLVA_OK;
  if (kFault == Fault::kOpenHangs) Hang();
  if (kFault == Fault::kOpenExits) std::exit(0);
  if (kFault != Fault::kRefuses) std::abort();
  molva::sdk::Put(why, "the disk is on fire");
  return MOLVA_UNAVAILABLE;
}
void Close(molva_store*) { std::abort(); }
void Submit(molva_store*, const molva_batch*, size_t) { std::abort(); }
void Query(molva_store*, const molva_query*) { std::abort(); }

constexpr molva_store_api MakeApi() {
  molva_store_api api{};
  api.struct_size = kFault == Fault::kShortApi ? 8 : sizeof(molva_store_api);
  api.open = Open;
  api.close = Close;
  api.submit = kFault == Fault::kNoFunction ? nullptr : Submit;
  api.query = Query;
  return api;
}
constexpr molva_store_api kApi = MakeApi();

constexpr molva_setting kBadSetting =
    molva::sdk::NumberSetting("count", "1", 9, 1, "Bounds that no number is between.");

constexpr molva_plugin kTable = {
    kFault == Fault::kBadMagic ? 0xdeadbeef : MOLVA_PLUGIN_MAGIC,
    kFault == Fault::kShortTable ? 4 : sizeof(molva_plugin),
    kFault == Fault::kOtherMajor ? MOLVA_ABI_MAJOR + 1 : MOLVA_ABI_MAJOR,
    MOLVA_ABI_MINOR,
    kFault == Fault::kUnknownKind ? 999u : static_cast<molva_kind>(MOLVA_KIND_STORE),
    kFault == Fault::kNoName ? nullptr : "unfit",
    "0.1",
    kFault == Fault::kNoApi ? nullptr : &kApi,
    kFault == Fault::kBadSettings ? &kBadSetting : nullptr,
    1,
    nullptr};

}  // namespace

extern "C" {
// One of the two; the other name only keeps the compiler from calling the table unused.
MOLVA_EXPORT const molva_plugin* molva_unfit_table();
const molva_plugin* molva_unfit_table() {
  if (kFault == Fault::kEntryCrashes) std::abort();
  if (kFault == Fault::kEntryHangs) Hang();
  if (kFault == Fault::kEntryExits) std::exit(0);
  return kFault == Fault::kNullTable ? nullptr : &kTable;
}
}

#define MOLVA_IS_kNoEntry 1
#define MOLVA_IS_ENTRYLESS_INNER(fault) MOLVA_IS_##fault
#define MOLVA_IS_ENTRYLESS(fault) MOLVA_IS_ENTRYLESS_INNER(fault)
#if MOLVA_IS_ENTRYLESS(MOLVA_FAULT) + 0 == 0
const molva_plugin* molva_plugin_v1() { return molva_unfit_table(); }
#endif
