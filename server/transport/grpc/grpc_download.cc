#include "transport/grpc/grpc_download.h"

#include <molva/v1/node.pb.h>

#include <utility>

#include "base/log.h"
#include "base/strings.h"
#include "model/file_id.h"
#include "transport/grpc/grpc_door.h"

namespace molva::transport {

using model::Fault;

namespace {

constexpr int kElsewhere = 308;

molva::v1::FileDownResp MakeElement(const std::string& id, Fault fault) {
  molva::v1::FileDownResp element;
  element.set_id(id);
  SetOutcome(element, fault);
  return element;
}

void Describe(const store::FileRecord& file, molva::v1::FileMeta& meta) {
  meta.set_name(media::FileNameOf(file));
  meta.set_mime_type(file.mime);
  meta.set_etag(file.etag);
  meta.set_size(file.size_bytes);
}

}  // namespace

// The order of the refusals is protocol: transports §6.
void GrpcDownload::OnElement(const grpc::ByteBuffer& bytes) {
  molva::v1::FileDownReq request;
  if (const absl::Status status = ReadElement(bytes, request); !status.ok()) return Refuse(status);
  id_ = request.id();
  uri_ = request.uri();
  known_etag_ = request.if_modified();
  Identify(request.auth().scheme(), request.auth().secret(),
           WhileOpen(&GrpcDownload::OnIdentified));
}

void GrpcDownload::OnIdentified(const absl::StatusOr<model::UserId>& user) {
  if (!user.ok()) return Refuse(user.status());
  if (user->is_nobody()) return Refuse(Fault::kAuthenticationRequired);
  user_ = *user;
  const std::optional<model::FileId> file = model::FileIdOfUrl(uri_);
  if (!file.has_value()) return Refuse(Fault::kNotFound);
  door().files().files->Find(*file, WhileOpen(&GrpcDownload::OnFound));
}

void GrpcDownload::OnFound(const absl::StatusOr<store::FileRecord>& file) {
  if (!file.ok()) return Refuse(file.status());
  file_ = *file;
  if (!known_etag_.empty() && known_etag_ == file_.etag) {
    molva::v1::FileDownResp known = MakeElement(id_, Fault::kNotModified);
    Describe(file_, *known.mutable_meta());
    return Answer(known);
  }
  door().files().files->FindUrl(file_, WhileOpen(&GrpcDownload::OnUrl));
}

void GrpcDownload::OnUrl(const absl::StatusOr<std::optional<std::string>>& url) {
  if (!url.ok()) return Refuse(url.status());
  molva::v1::FileDownResp element = MakeElement(id_, Fault::kOk);
  Describe(file_, *element.mutable_meta());
  if (url->has_value()) {
    element.set_code(kElsewhere);
    element.set_text("permanent redirect");
    element.set_redir_url(**url);
    return Answer(element);
  }
  if (file_.size_bytes == 0) return Answer(element);
  const FileDoor& files = door().files();
  absl::StatusOr<media::DownloadPtr> download = files.files->StartDownload(
      files.doorkeeper->OwnerOf(user_, address()), file_, 0, file_.size_bytes);
  if (!download.ok()) return Refuse(download.status());
  download_ = *std::move(download);
  ReadBlock();
}

void GrpcDownload::ReadBlock() { download_->Next(WhileOpen(&GrpcDownload::OnBlock)); }

void GrpcDownload::OnBlock(absl::StatusOr<std::string> block) {
  if (!block.ok()) {
    base::LogError("a file is not read to its end",
                   {{"file", file_.id.ToString()},
                    {"error", std::string(base::ToStd(block.status().message()))}});
    if (!has_told_) return Refuse(block.status());
    return Finish({grpc::StatusCode::UNAVAILABLE, "the file cannot be read to its end"},
                  StreamCommand::Finish::Mode::kWait);
  }
  molva::v1::FileDownResp element = MakeElement(id_, Fault::kOk);
  if (!std::exchange(has_told_, true)) Describe(file_, *element.mutable_meta());
  element.set_content(*std::move(block));
  Send(element);
}

void GrpcDownload::OnRoom() {
  if (download_->left() > 0) return ReadBlock();
  Finish(grpc::Status::OK, StreamCommand::Finish::Mode::kWait);
}

void GrpcDownload::OnIdle() {
  Finish({grpc::StatusCode::DEADLINE_EXCEEDED, "no sign of life from the client"},
         StreamCommand::Finish::Mode::kCut);
}

void GrpcDownload::Refuse(Fault fault) { Answer(MakeElement(id_, fault)); }

}  // namespace molva::transport
