#include "transport/files/upload_exchange.h"

#include <absl/time/clock.h>
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/time_text.h"
#include "media/files.h"
#include "model/file_id.h"
#include "model/packet.h"
#include "transport/http/response_writer.h"
#include "wire/json_encoder.h"

namespace molva::transport {
namespace {

using model::Fail;
using model::Fault;

constexpr std::string_view kUploadMethods = "POST, PUT, HEAD, OPTIONS";
// What a form may have besides the file.
constexpr std::int64_t kMaxFormExcess = 128 * 1024;
constexpr std::size_t kMaxFieldBytes = 4 * 1024;
constexpr std::string_view kFields[] = {"id", "topic", "auth", "secret", "apikey", "sid"};
constexpr std::string_view kNewAccount = "newacc";

}  // namespace

UploadExchange::UploadExchange(const FileRules& rules, HttpRequest request)
    : rules_(rules), request_(std::move(request)) {
  if (const auto boundary = MultipartParser::BoundaryOf(request_.Header("content-type"))) {
    parser_.emplace(*boundary, *this);
  }
}

// The order of the refusals is protocol: transports §5.
void UploadExchange::Start(FileClient& client) {
  client_ = &client;
  if (request_.method == "OPTIONS") {
    return Answer(rules_.cors->AnswerPreflight(request_, kUploadMethods));
  }
  if (request_.method != "POST" && request_.method != "PUT" && request_.method != "HEAD") {
    return Refuse(Fault::kOperationNotAllowed);
  }
  const std::string key = ApiKeyOf(request_, {});
  const bool may_be_in_form = key.empty() && HasForm();
  if (!may_be_in_form && !rules_.is_valid_api_key(key)) return Refuse(Fault::kApiKeyRequired);
  absl::StatusOr<FileClaim> claim = ClaimOf(request_, {});
  if (!claim.ok()) return Refuse(claim.status());
  if (claim->is_empty()) {
    return HasForm() ? BeginBody() : Refuse(Fault::kAuthenticationRequired);
  }
  Identify(rules_, *std::move(claim),
           [self = shared_from_this()](const absl::StatusOr<model::UserId>& user) {
             self->OnIdentified(user);
           });
}

void UploadExchange::OnIdentified(const absl::StatusOr<model::UserId>& user) {
  if (client_ == nullptr) return;
  if (!user.ok()) return Refuse(user.status());
  user_ = *user;
  if (state_ == State::kFinishing) return FinishFile();
  if (user_.is_nobody() && !HasForm()) return Refuse(Fault::kAuthenticationRequired);
  BeginBody();
}

void UploadExchange::BeginBody() {
  if (request_.method == "HEAD") {
    return user_.is_nobody() ? Refuse(Fault::kAuthenticationRequired) : Answer({});
  }
  if (request_.streamed_bytes > rules_.door.files->max_file_bytes() + kMaxFormExcess) {
    return Refuse(Fault::kTooLarge);
  }
  if (!HasForm()) return Refuse(Fault::kMalformed);
  state_ = State::kReading;
  client_->ReadBody();
}

bool UploadExchange::WantsBody() const {
  return state_ == State::kReading && (upload_ == nullptr || upload_->has_room());
}

void UploadExchange::OnBody(std::string_view bytes) {
  if (state_ != State::kReading) return;
  switch (parser_->Take(bytes)) {
    case MultipartParser::Progress::kBad:
      return Refuse(Fault::kMalformed);
    case MultipartParser::Progress::kStopped:
      return Refuse(failure_);
    case MultipartParser::Progress::kNeedMore:
    case MultipartParser::Progress::kComplete:
      break;
  }
  if (upload_ == nullptr || upload_->has_room()) return;
  upload_->OnRoom([self = shared_from_this()] {
    if (self->client_ != nullptr) self->client_->ReadBody();
  });
}

void UploadExchange::OnBodyEnd() {
  if (state_ != State::kReading) return;
  state_ = State::kFinishing;
  if (parser_->Take({}) != MultipartParser::Progress::kComplete) return Refuse(Fault::kMalformed);
  CheckForm();
}

bool UploadExchange::OnPart(const FormPart& part) {
  field_.clear();
  takes_file_ = part.name == "file";
  if (takes_file_) {
    if (upload_ != nullptr) {
      failure_ = Fail(Fault::kMalformed, "two files");
      return false;
    }
    absl::StatusOr<media::UploadPtr> upload = rules_.door.files->StartUpload(
        rules_.door.doorkeeper->OwnerOf(user_, request_.remote_address), part.content_type);
    if (upload.ok()) {
      upload_ = *std::move(upload);
    } else {
      failure_ = upload.status();
    }
    return upload.ok();
  }
  if (std::find(std::begin(kFields), std::end(kFields), part.name) != std::end(kFields)) {
    field_ = part.name;
  }
  return true;
}

bool UploadExchange::OnPartBytes(std::string_view bytes) {
  if (takes_file_) {
    failure_ = upload_->Write(bytes);
    return failure_.ok();
  }
  if (field_.empty()) return true;
  std::string& value = fields_[field_];
  if (value.size() + bytes.size() > kMaxFieldBytes) {
    failure_ = Fail(Fault::kMalformed, "a field of the form is too long");
    return false;
  }
  value += bytes;
  return true;
}

// The form is whole: what its fields say counts now.
void UploadExchange::CheckForm() {
  if (!rules_.is_valid_api_key(ApiKeyOf(request_, fields_))) return Refuse(Fault::kApiKeyRequired);
  if (!user_.is_nobody()) return FinishFile();
  absl::StatusOr<FileClaim> claim = ClaimOf(request_, fields_);
  if (!claim.ok()) return Refuse(claim.status());
  Identify(rules_, *std::move(claim),
           [self = shared_from_this()](const absl::StatusOr<model::UserId>& user) {
             self->OnIdentified(user);
           });
}

void UploadExchange::FinishFile() {
  const auto topic = fields_.find("topic");
  const bool starts_account = topic != fields_.end() && topic->second == kNewAccount;
  if (user_.is_nobody() && !starts_account) return Refuse(Fault::kAuthenticationRequired);
  if (upload_ == nullptr) return Refuse(Fault::kMalformed);
  upload_->Finish(user_,
                  [self = shared_from_this()](const absl::StatusOr<store::FileRecord>& file) {
                    if (self->client_ == nullptr) return;
                    if (!file.ok()) return self->Refuse(file.status());
                    self->Accept(*file);
                  });
}

void UploadExchange::Accept(const store::FileRecord& file) {
  model::JsonFields params{
      {"url", model::JsonText(fmt::format("{}{}", model::kFileUrl, media::FileNameOf(file)))}};
  if (rules_.door.keeps_unused_for > absl::ZeroDuration()) {
    std::string expires;
    base::AppendTime(expires, file.created + rules_.door.keeps_unused_for);
    params.emplace_back("expires", model::JsonText(expires));
  }
  const auto id = fields_.find("id");
  const model::Ctrl ctrl = model::MakeCtrl(Fault::kOk, id == fields_.end() ? "" : id->second, "",
                                           absl::Now(), std::move(params));
  HttpResponse response;
  response.content_type = "application/json; charset=utf-8";
  wire::EncodeJson(ctrl, response.body);
  upload_.reset();
  Answer(std::move(response));
}

void UploadExchange::Refuse(Fault fault) { Answer(MakeFaultResponse(fault)); }

void UploadExchange::Answer(HttpResponse response) {
  state_ = State::kOver;
  if (upload_ != nullptr) std::exchange(upload_, nullptr)->Abandon();
  if (request_.method != "OPTIONS") {
    rules_.cors->AllowOrigin(request_.Header("origin"), response);
  }
  std::exchange(client_, nullptr)->Answer(response);
}

void UploadExchange::OnGone() {
  client_ = nullptr;
  state_ = State::kOver;
  if (upload_ != nullptr) std::exchange(upload_, nullptr)->Abandon();
}

}  // namespace molva::transport
