// The part of StorePlugin that copies whole stores.
#include <fmt/format.h>

#include <utility>

#include "base/status_macros.h"
#include "molva/plugin.hpp"
#include "plugin/store_adapter.h"

namespace molva::plugin {
namespace {

absl::Status Explain(const HostApi& host, molva_code code, const sdk::Collector& why) {
  return StatusOf(code, fmt::format("{}: {}", host.plugin_name(), why.First()));
}

class Export final : public store::RecordSource {
 public:
  Export(const molva_store_api& api, const HostApi& host, molva_store_export* instance)
      : api_(api), host_(host), instance_(instance) {}
  ~Export() override { api_.end_export(instance_); }
  Export(const Export&) = delete;
  Export& operator=(const Export&) = delete;

  absl::StatusOr<std::vector<std::string>> Read(std::size_t max_bytes) override {
    std::vector<std::string> records;
    const molva_sink sink{
        &records, [](void* context, molva_text record) {
          static_cast<std::vector<std::string>*>(context)->push_back(sdk::Copy(record));
        }};
    sdk::Collector why;
    const molva_code code = api_.export_records(instance_, max_bytes, &sink, why.sink());
    if (code != MOLVA_OK) return Explain(host_, code, why);
    return records;
  }

 private:
  const molva_store_api& api_;
  const HostApi& host_;
  molva_store_export* const instance_;
};

class Import final : public store::RecordSink {
 public:
  Import(const molva_store_api& api, const HostApi& host, molva_store_import* instance)
      : api_(api), host_(host), instance_(instance) {}
  ~Import() override { api_.end_import(instance_); }
  Import(const Import&) = delete;
  Import& operator=(const Import&) = delete;

  absl::Status Write(const std::vector<std::string>& records) override {
    std::vector<molva_text> texts;
    texts.reserve(records.size());
    for (const std::string& record : records) texts.push_back(sdk::Text(record));
    sdk::Collector why;
    const molva_code code =
        api_.import_records(instance_, {texts.data(), texts.size()}, why.sink());
    return code == MOLVA_OK ? absl::OkStatus() : Explain(host_, code, why);
  }
  absl::Status Finish() override {
    sdk::Collector why;
    const molva_code code = api_.finish_import(instance_, why.sink());
    return code == MOLVA_OK ? absl::OkStatus() : Explain(host_, code, why);
  }

 private:
  const molva_store_api& api_;
  const HostApi& host_;
  molva_store_import* const instance_;
};

}  // namespace

absl::Status StorePlugin::CheckCopies() const {
  if (MOLVA_HAS(&api_, end_import) && api_.begin_export != nullptr) return absl::OkStatus();
  return absl::UnimplementedError(
      fmt::format("{}: this plugin makes no copies of its store", host_.plugin_name()));
}

absl::StatusOr<std::unique_ptr<store::RecordSource>> StorePlugin::StartExport(
    std::string_view behind) {
  MOLVA_RETURN_IF_ERROR(CheckCopies());
  sdk::Collector why;
  molva_store_export* instance = nullptr;
  const molva_code code = api_.begin_export(instance_, sdk::Text(behind), why.sink(), &instance);
  if (code != MOLVA_OK) return Explain(host_, code, why);
  return std::make_unique<Export>(api_, host_, instance);
}

absl::StatusOr<std::unique_ptr<store::RecordSink>> StorePlugin::StartImport(std::string* place) {
  MOLVA_RETURN_IF_ERROR(CheckCopies());
  sdk::Collector why;
  sdk::Collector found;
  molva_store_import* instance = nullptr;
  const molva_code code = api_.begin_import(instance_, found.sink(), why.sink(), &instance);
  if (code != MOLVA_OK) return Explain(host_, code, why);
  *place = found.First();
  return std::make_unique<Import>(api_, host_, instance);
}

}  // namespace molva::plugin
