#include "transport/grpc/grpc_upload.h"

#include <fmt/core.h>
#include <molva/v1/node.pb.h>

#include <utility>

#include "base/strings.h"
#include "media/files.h"
#include "model/file_id.h"
#include "transport/grpc/grpc_door.h"

namespace molva::transport {

using model::Fault;

namespace {

constexpr std::string_view kNewAccount = "newacc";

}  // namespace

void GrpcUpload::OnElement(const grpc::ByteBuffer& bytes) {
  molva::v1::FileUpReq element;
  if (const absl::Status status = ReadElement(bytes, element); !status.ok()) return Refuse(status);
  if (std::exchange(has_begun_, true)) {
    Take(element.content());
    return AwaitMore(1);
  }
  id_ = element.id();
  mime_ = element.meta().mime_type();
  said_bytes_ = element.meta().size();
  starts_account_ = element.topic() == kNewAccount;
  first_content_ = std::move(*element.mutable_content());
  Identify(element.auth().scheme(), element.auth().secret(), WhileOpen(&GrpcUpload::OnIdentified));
}

// The order of the refusals is protocol: transports §5.
void GrpcUpload::OnIdentified(const absl::StatusOr<model::UserId>& user) {
  if (!user.ok()) return Refuse(user.status());
  user_ = *user;
  if (user_.is_nobody() && !starts_account_) return Refuse(Fault::kAuthenticationRequired);
  const FileDoor& files = door().files();
  if (said_bytes_ < 0) return Refuse(Fault::kMalformed);
  if (said_bytes_ > files.files->max_file_bytes()) return Refuse(Fault::kTooLarge);
  absl::StatusOr<media::UploadPtr> upload =
      files.files->StartUpload(files.doorkeeper->OwnerOf(user_, address()), mime_);
  if (!upload.ok()) return Refuse(upload.status());
  upload_ = *std::move(upload);
  Take(std::exchange(first_content_, {}));
  AwaitMore(kElements);
}

void GrpcUpload::Take(std::string_view content) {
  if (!is_open() || content.empty()) return;
  taken_bytes_ += static_cast<std::int64_t>(content.size());
  if (said_bytes_ > 0 && taken_bytes_ > said_bytes_) return Refuse(Fault::kMalformed);
  if (const absl::Status status = upload_->Write(content); !status.ok()) Refuse(status);
}

void GrpcUpload::AwaitMore(int elements) {
  if (!is_open()) return;
  held_back_ += elements;
  if (upload_->has_room()) return Await(std::exchange(held_back_, 0));
  upload_->OnRoom([weak = weak_from_this()] {
    const auto self = std::static_pointer_cast<GrpcUpload>(weak.lock());
    if (self != nullptr) self->AwaitMore(0);
  });
}

void GrpcUpload::OnEnd() {
  if (!has_begun_ || taken_bytes_ < said_bytes_) return Refuse(Fault::kDisconnected);
  upload_->Finish(user_, WhileOpen(&GrpcUpload::OnKept));
}

void GrpcUpload::OnKept(const absl::StatusOr<store::FileRecord>& file) {
  if (!file.ok()) return Refuse(file.status());
  molva::v1::FileUpResp answer;
  answer.set_id(id_);
  SetOutcome(answer, Fault::kOk);
  molva::v1::FileMeta& meta = *answer.mutable_meta();
  meta.set_name(fmt::format("{}{}", model::kFileUrl, media::FileNameOf(*file)));
  meta.set_mime_type(file->mime);
  meta.set_etag(file->etag);
  meta.set_size(file->size_bytes);
  Answer(answer);
}

void GrpcUpload::Refuse(Fault fault) {
  if (!is_open()) return;
  molva::v1::FileUpResp answer;
  answer.set_id(id_);
  SetOutcome(answer, fault);
  Answer(answer);
}

// Does nothing to a file that is kept.
void GrpcUpload::OnOver() {
  if (upload_ != nullptr) std::exchange(upload_, nullptr)->Abandon();
}

}  // namespace molva::transport
