#include "app/store_command.h"

#include <fmt/core.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "app/data_directory.h"
#include "app/open_store.h"
#include "app/plugin_folder.h"
#include "app/progress_line.h"
#include "backup/copy_records.h"
#include "base/status_macros.h"
#include "base/strings.h"
#include "config/json_text.h"
#include "config/load.h"

namespace molva::app {
namespace {

using backup::Progress;
using backup::RecordDigest;
using plugin::StorePlugin;

// One of the two sides, with what keeps others away from it.
struct Side {
  explicit Side(config::Config settings) : config(std::move(settings)) {}

  const config::Config config;
  PluginBoard board;
  std::optional<DataDirectory> lock;  // none: the other side has it
  std::unique_ptr<StorePlugin> plugin;
};

absl::StatusOr<config::Config> LoadFile(const std::string& file) {
  config::Sources sources;
  sources.file = file;
  config::Loaded loaded = config::Load(config::NodeSettings(), sources);
  if (!loaded.problems.empty()) {
    return absl::InvalidArgumentError(loaded.problems.front().ToString());
  }
  return std::move(loaded.config);
}

absl::Status OpenSide(Side& side, const DataDirectory* shared) {
  if (shared == nullptr) {
    MOLVA_ASSIGN_OR_RETURN(DataDirectory lock, DataDirectory::Open(side.config.Text("node.data")));
    side.lock.emplace(std::move(lock));
  }
  MOLVA_ASSIGN_OR_RETURN(side.plugin, OpenStorePlugin(side.config, side.board,
                                                      shared == nullptr ? *side.lock : *shared));
  return absl::OkStatus();
}

bool HaveOneDirectory(const Side& one, const Side& other) {
  std::error_code ignored;  // one that is not there yet is another one
  return std::filesystem::equivalent(one.config.Text("node.data"), other.config.Text("node.data"),
                                     ignored) ||
         one.config.Text("node.data") == other.config.Text("node.data");
}

// Two databases by the same name are one, wherever it is written.
absl::Status CheckTwoStores(const Side& from, const Side& to) {
  const std::string& data = from.lock->path();
  const bool have_one_plugin = from.config.Text("store.plugin") == to.config.Text("store.plugin");
  if (!have_one_plugin || StoreConfigJson(from.config, data) != StoreConfigJson(to.config, data)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("--from and --to are one and the same store");
}

absl::StatusOr<Progress> Copy(Side& from, store::RecordSink& sink, const std::string& place) {
  if (!place.empty()) fmt::print(stderr, "going on with a copy that was broken off\n");
  MOLVA_ASSIGN_OR_RETURN(const auto source, from.plugin->StartExport(place));
  ProgressLine line("copying");
  return backup::CopyRecords(*source, sink, [&](const Progress& now) { line.Tell(now); });
}

absl::StatusOr<RecordDigest> Digest(Side& side, const std::string& what) {
  MOLVA_ASSIGN_OR_RETURN(const auto source, side.plugin->StartExport(""));
  ProgressLine line(what);
  return backup::DigestRecords(*source, [&](const Progress& now) { line.Tell(now); });
}

struct Copied {
  Progress copied;  // in this run
  RecordDigest whole;
};

absl::StatusOr<Copied> CopyAndCompare(const StoreCopy& copy) {
  MOLVA_ASSIGN_OR_RETURN(config::Config from_config, LoadFile(copy.from));
  MOLVA_ASSIGN_OR_RETURN(config::Config to_config, LoadFile(copy.to));
  MOLVA_RETURN_IF_ERROR(CheckNodeExists(from_config));
  Side from(std::move(from_config));
  Side to(std::move(to_config));
  const bool have_one = HaveOneDirectory(from, to);
  MOLVA_RETURN_IF_ERROR(OpenSide(from, nullptr));
  if (have_one) MOLVA_RETURN_IF_ERROR(CheckTwoStores(from, to));
  MOLVA_RETURN_IF_ERROR(OpenSide(to, have_one ? &*from.lock : nullptr));
  std::string place;
  MOLVA_ASSIGN_OR_RETURN(const auto sink, to.plugin->StartImport(&place));
  MOLVA_ASSIGN_OR_RETURN(const Progress copied, Copy(from, *sink, place));
  MOLVA_ASSIGN_OR_RETURN(const RecordDigest there, Digest(to, "reading the copy"));
  MOLVA_ASSIGN_OR_RETURN(const RecordDigest here, Digest(from, "comparing with the original"));
  if (here != there) {
    return absl::DataLossError(fmt::format(
        "the copy differs: {} records with the sum {}, the original {} with {}; nobody serves "
        "with it: begin with an empty store",
        there.records(), there.ToText(), here.records(), here.ToText()));
  }
  MOLVA_RETURN_IF_ERROR(sink->Finish());
  if (!have_one) {
    fmt::print(stderr, "note: keys and files stay in {}; take them to {} before you serve there\n",
               from.config.Text("node.data"), to.config.Text("node.data"));
  }
  return Copied{copied, here};
}

}  // namespace

int RunStoreCopy(const StoreCopy& copy, Output output) {
  const absl::StatusOr<Copied> done = CopyAndCompare(copy);
  if (!done.ok()) {
    fmt::print(stderr, "molvad: {}\n", base::ToStd(done.status().message()));
    return kExitFailed;
  }
  const RecordDigest& whole = done->whole;
  if (output == Output::kJson) {
    fmt::print("{{\"copied\":{},\"records\":{},\"bytes\":{},\"sum\":\"{}\"}}\n",
               done->copied.records, whole.records(), whole.bytes(), whole.ToText());
  } else {
    fmt::print("copied {} records; both stores have the same {} records ({} bytes, sum {})\n",
               done->copied.records, whole.records(), whole.bytes(), whole.ToText());
  }
  return kExitGood;
}

}  // namespace molva::app
