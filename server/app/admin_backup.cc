#include "app/admin_backup.h"

#include <fmt/core.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <molva/admin/v1/admin.grpc.pb.h>

namespace molva::app {

absl::Status FetchBackup(const std::string& socket, backup::ByteSink& sink,
                         backup::ProgressTold told) {
  const auto stub = molva::admin::v1::Admin::NewStub(
      grpc::CreateChannel("unix:" + socket, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  const auto reader = stub->Backup(&context, molva::admin::v1::BackupRequest());
  molva::admin::v1::BackupPiece piece;
  backup::Progress progress;
  absl::Status kept;
  while (kept.ok() && reader->Read(&piece)) {
    kept = sink.Write(piece.bytes());
    progress.bytes += piece.bytes().size();
    told(progress);
  }
  if (!kept.ok()) context.TryCancel();
  const grpc::Status status = reader->Finish();
  if (!kept.ok() || status.ok()) return kept;
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      fmt::format("the node that runs says: {}", status.error_message()));
}

}  // namespace molva::app
