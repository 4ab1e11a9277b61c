// An upload: a form with a file, and who may send it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "media/upload.h"
#include "model/fault.h"
#include "model/user_id.h"
#include "transport/files/file_claim.h"
#include "transport/files/file_exchange.h"
#include "transport/http/multipart_parser.h"

namespace molva::transport {

// The parts come in any order: a file may be on disk before it is known who sends it. Then an
// address is charged, and the file goes unless the rest of the form says that it may stay.
//
// Borrows: the rules. Source: docs/protocol transports §5.
class UploadExchange final : public FileExchange,
                             public FormReceiver,
                             public std::enable_shared_from_this<UploadExchange> {
 public:
  UploadExchange(const FileRules& rules, HttpRequest request);

  void Start(FileClient& client) override;
  bool WantsBody() const override;
  void OnBody(std::string_view bytes) override;
  void OnBodyEnd() override;
  void OnDrained() override {}
  void OnGone() override;

  bool OnPart(const FormPart& part) override;
  bool OnPartBytes(std::string_view bytes) override;

 private:
  enum class State { kChecking, kReading, kFinishing, kOver };

  bool HasForm() const { return parser_.has_value(); }
  void OnIdentified(const absl::StatusOr<model::UserId>& user);
  void BeginBody();
  void CheckForm();
  void FinishFile();
  void Accept(const store::FileRecord& file);
  void Refuse(const absl::Status& status) { Refuse(model::FaultOf(status)); }
  void Refuse(model::Fault fault);
  void Answer(HttpResponse response);

  const FileRules& rules_;
  const HttpRequest request_;
  FileClient* client_ = nullptr;  // until the answer, or until it is gone
  std::optional<MultipartParser> parser_;
  FormFields fields_;
  std::string field_;  // whose bytes come; empty: of the file, or of nothing that is looked at
  media::UploadPtr upload_;
  model::UserId user_;
  absl::Status failure_;  // why the form is not wanted any more
  State state_ = State::kChecking;
  bool takes_file_ = false;  // the bytes that come are the file's
};

}  // namespace molva::transport
