// A file that comes over gRPC. Private to server/transport/grpc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "media/upload.h"
#include "model/user_id.h"
#include "transport/grpc/grpc_file_call.h"

namespace molva::transport {

// LargeFileReceive: the first element says who sends what, content may stand in each. The client is
// read no faster than the medium writes. If the first element tells the size, less is 408.
//
// Bounds:  kElements elements, and what media::Upload holds.
// Source:  docs/protocol transports §5, §8.
class GrpcUpload final : public GrpcFileCall {
 public:
  explicit GrpcUpload(Origin origin) : GrpcFileCall(std::move(origin)) {}

 private:
  // So many may be on their way to here at once, when it is known who sends.
  static constexpr int kElements = 2;

  void OnElement(const grpc::ByteBuffer& bytes) override;
  void OnEnd() override;
  void OnRoom() override {}
  void OnIdle() override { Refuse(model::Fault::kDisconnected); }
  void OnOver() override;

  void OnIdentified(const absl::StatusOr<model::UserId>& user);
  void Take(std::string_view content);
  void AwaitMore(int elements);
  void OnKept(const absl::StatusOr<store::FileRecord>& file);
  void Refuse(const absl::Status& status) { Refuse(model::FaultOf(status)); }
  void Refuse(model::Fault fault);

  // Of the first element.
  std::string id_;
  std::string mime_;
  std::string first_content_;
  std::int64_t said_bytes_ = 0;  // zero: not said
  bool starts_account_ = false;
  bool has_begun_ = false;

  model::UserId user_;
  std::int64_t taken_bytes_ = 0;
  int held_back_ = 0;  // elements that are not waited for until there is room
  media::UploadPtr upload_;
};

}  // namespace molva::transport
