#include "app/backup_command.h"

#include <absl/time/time.h>
#include <fmt/core.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "app/admin_backup.h"
#include "app/admin_socket.h"
#include "app/backup_source.h"
#include "app/data_directory.h"
#include "app/file_store.h"
#include "app/open_store.h"
#include "app/progress_line.h"
#include "backup/archive_file.h"
#include "backup/restore.h"
#include "base/status_macros.h"
#include "base/strings.h"
#include "config/json_text.h"

namespace molva::app {
namespace {

using backup::Verified;

// A node that does not run, opened.
struct StoppedNode {
  static absl::StatusOr<StoppedNode> Open(const config::Config& config, DataDirectory lock) {
    StoppedNode node{std::move(lock), {}, nullptr, nullptr};
    MOLVA_ASSIGN_OR_RETURN(node.store, OpenStorePlugin(config, node.board, node.data));
    MOLVA_ASSIGN_OR_RETURN(node.media, OpenMedia(config, node.board, node.data));
    return node;
  }

  DataDirectory data;
  PluginBoard board;
  std::unique_ptr<plugin::StorePlugin> store;
  std::unique_ptr<plugin::MediaPlugin> media;
};

absl::Status WriteOf(const config::Config& config, DataDirectory lock, backup::ByteSink& sink,
                     backup::ProgressTold told) {
  MOLVA_ASSIGN_OR_RETURN(const StoppedNode node, StoppedNode::Open(config, std::move(lock)));
  MOLVA_RETURN_IF_ERROR(CheckStoreIsWhole(*node.store));
  return backup::WriteBackup(BackupSourceOf(*node.store, node.media.get(), node.data), sink, told)
      .status();
}

absl::StatusOr<Verified> VerifyFile(const std::string& path) {
  MOLVA_ASSIGN_OR_RETURN(const auto source, backup::FileSource::Open(path));
  ProgressLine line("reading");
  return backup::VerifyArchive(*source, [&](const auto& now) { line.Tell(now); });
}

absl::StatusOr<Verified> BackUp(const config::Config& config, const std::string& archive) {
  MOLVA_RETURN_IF_ERROR(CheckNodeExists(config));
  MOLVA_ASSIGN_OR_RETURN(const auto file, backup::NewFile::Make(archive));
  {
    ProgressLine line("writing");
    const auto told = [&](const backup::Progress& now) { line.Tell(now); };
    absl::StatusOr<DataDirectory> lock = DataDirectory::Open(config.Text("node.data"));
    if (lock.ok()) {
      MOLVA_RETURN_IF_ERROR(WriteOf(config, *std::move(lock), *file, told));
    } else if (absl::IsUnavailable(lock.status())) {
      const std::string socket = fmt::format("{}/{}", config.Text("node.data"), kAdminSocket);
      MOLVA_RETURN_IF_ERROR(FetchBackup(socket, *file, told));
    } else {
      return lock.status();
    }
  }
  MOLVA_RETURN_IF_ERROR(file->Sync());
  MOLVA_ASSIGN_OR_RETURN(Verified verified, VerifyFile(file->fresh_path()));
  MOLVA_RETURN_IF_ERROR(file->Finish());
  return verified;
}

absl::StatusOr<Verified> Restore(const config::Config& config, const std::string& archive) {
  MOLVA_ASSIGN_OR_RETURN(Verified verified, VerifyFile(archive));
  MOLVA_ASSIGN_OR_RETURN(DataDirectory lock, DataDirectory::Open(config.Text("node.data")));
  MOLVA_ASSIGN_OR_RETURN(const StoppedNode node, StoppedNode::Open(config, std::move(lock)));
  const backup::RestoreTarget target{
      [&node](std::string* place) { return node.store->StartImport(place); },
      [&node](std::string_view behind) { return node.store->StartExport(behind); },
      node.media.get(), KeyFolderOf(node.data)};
  MOLVA_ASSIGN_OR_RETURN(const auto source, backup::FileSource::Open(archive));
  ProgressLine line("restoring");
  MOLVA_RETURN_IF_ERROR(
      backup::RestoreArchive(*source, verified, target, [&](const auto& now) { line.Tell(now); }));
  return verified;
}

void PrintJson(const Verified& verified) {
  const backup::ArchiveEnd& end = verified.end;
  fmt::print(
      "{{\"created\":{},\"node_version\":{},\"keys\":{},\"records\":{},\"files\":{},"
      "\"file_bytes\":{},\"files_collected\":{},\"files_missing\":{},\"sum\":\"{}\"}}\n",
      verified.header.created, config::QuoteJson(verified.header.node_version), end.keys,
      end.records, end.files, end.file_bytes, end.collected, end.missing, end.record_sum);
}

void PrintText(std::string_view what, const std::string& archive, const Verified& verified) {
  const backup::ArchiveEnd& end = verified.end;
  fmt::print("{} {}: {} records, {} files of {} bytes, {} keys; made {} by molvad {}\n", what,
             archive, end.records, end.files, end.file_bytes, end.keys,
             absl::FormatTime(absl::FromUnixSeconds(verified.header.created), absl::UTCTimeZone()),
             verified.header.node_version);
  if (end.missing > 0) {
    fmt::print(stderr, "warning: {} files that messages refer to were missing from the node\n",
               end.missing);
  }
}

int Report(std::string_view what, const std::string& archive,
           const absl::StatusOr<Verified>& verified, Output output) {
  if (!verified.ok()) {
    fmt::print(stderr, "molvad: {}: {}\n", archive, base::ToStd(verified.status().message()));
    return kExitFailed;
  }
  if (output == Output::kJson) {
    PrintJson(*verified);
  } else {
    PrintText(what, archive, *verified);
  }
  return kExitGood;
}

}  // namespace

int RunBackup(const config::Config& config, const std::string& archive, Output output) {
  return Report("wrote", archive, BackUp(config, archive), output);
}

int RunVerify(const std::string& archive, Output output) {
  return Report("whole is", archive, VerifyFile(archive), output);
}

int RunRestore(const config::Config& config, const std::string& archive, Output output) {
  return Report("restored", archive, Restore(config, archive), output);
}

}  // namespace molva::app
