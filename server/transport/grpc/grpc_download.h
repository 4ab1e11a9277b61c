// A file that goes out over gRPC. Private to server/transport/grpc.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "media/files.h"
#include "model/user_id.h"
#include "transport/grpc/grpc_file_call.h"

namespace molva::transport {

// LargeFileServe: the file in elements of one block, the first with what is known of it. The medium
// is read no faster than the client takes the blocks. A file that cannot be read to its end ends
// the call with a status.
//
// Bounds:  one block.
// Source:  docs/protocol transports §6, §8.
class GrpcDownload final : public GrpcFileCall {
 public:
  explicit GrpcDownload(Origin origin) : GrpcFileCall(std::move(origin)) {}

 private:
  void OnElement(const grpc::ByteBuffer& bytes) override;
  void OnEnd() override {}
  void OnRoom() override;
  void OnIdle() override;
  void OnOver() override { download_.reset(); }

  void OnIdentified(const absl::StatusOr<model::UserId>& user);
  void OnFound(const absl::StatusOr<store::FileRecord>& file);
  void OnUrl(const absl::StatusOr<std::optional<std::string>>& url);
  void OnBlock(absl::StatusOr<std::string> block);
  void ReadBlock();
  void Refuse(const absl::Status& status) { Refuse(model::FaultOf(status)); }
  void Refuse(model::Fault fault);

  // Of the request.
  std::string id_;
  std::string uri_;
  std::string known_etag_;

  model::UserId user_;
  store::FileRecord file_;
  media::DownloadPtr download_;
  bool has_told_ = false;  // what is known of the file
};

}  // namespace molva::transport
