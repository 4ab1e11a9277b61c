#include "transport/files/download_exchange.h"

#include <fmt/core.h>

#include <utility>

#include "base/log.h"
#include "base/strings.h"
#include "media/mime.h"
#include "transport/http/response_writer.h"

namespace molva::transport {
namespace {

using model::Fault;

constexpr std::string_view kDownloadMethods = "GET, HEAD, OPTIONS";
constexpr std::string_view kTimeFormat = "%a, %d %b %Y %H:%M:%S GMT";
constexpr int kPartialContent = 206;
constexpr int kNotModified = 304;
constexpr int kPermanentRedirect = 308;
constexpr int kRangeNotSatisfiable = 416;

std::string HttpTime(absl::Time time) {
  return absl::FormatTime(base::ToAbsl(kTimeFormat), time, absl::UTCTimeZone());
}

std::optional<absl::Time> ParseHttpTime(std::string_view text) {
  absl::Time time;
  if (!absl::ParseTime(base::ToAbsl(kTimeFormat), base::ToAbsl(text), &time, nullptr)) {
    return std::nullopt;
  }
  return time;
}

absl::Time WholeSeconds(absl::Time time) {
  return absl::FromUnixSeconds(absl::ToUnixSeconds(time));
}

// Weak comparison (RFC 9110 §8.8.3.2) with each of a list.
bool NamesTag(std::string_view header, std::string_view etag) {
  for (const std::string_view word : base::SplitWords(header, ',')) {
    std::string_view tag = base::TrimAscii(word);
    if (tag == "*") return true;
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
  }
  return false;
}

bool IsTrueLike(const std::optional<std::string>& text) {
  if (!text.has_value()) return false;
  const std::string lower = base::AsciiLower(*text);
  return lower == "1" || lower == "t" || lower == "true";
}

std::string Quoted(const std::string& etag) { return fmt::format("\"{}\"", etag); }

}  // namespace

DownloadExchange::DownloadExchange(const FileRules& rules, HttpRequest request)
    : rules_(rules), request_(std::move(request)) {}

// The order of the refusals is protocol: transports §6.
void DownloadExchange::Start(FileClient& client) {
  client_ = &client;
  if (request_.method == "OPTIONS") {
    return Answer(rules_.cors->AnswerPreflight(request_, kDownloadMethods));
  }
  if (request_.method != "GET" && request_.method != "HEAD") {
    return Refuse(Fault::kOperationNotAllowed);
  }
  if (!rules_.is_valid_api_key(ApiKeyOf(request_, {}))) return Refuse(Fault::kApiKeyRequired);
  absl::StatusOr<FileClaim> claim = ClaimOf(request_, {});
  if (!claim.ok()) return Refuse(model::FaultOf(claim.status()));
  Identify(rules_, *std::move(claim),
           [self = shared_from_this()](const absl::StatusOr<model::UserId>& user) {
             self->OnIdentified(user);
           });
}

void DownloadExchange::OnIdentified(const absl::StatusOr<model::UserId>& user) {
  if (client_ == nullptr) return;
  if (!user.ok()) return Refuse(model::FaultOf(user.status()));
  if (user->is_nobody()) return Refuse(Fault::kAuthenticationRequired);
  user_ = *user;
  const std::optional<model::FileId> id = model::FileIdOfUrl(request_.path);
  if (!id.has_value()) return Refuse(Fault::kNotFound);
  rules_.door.files->Find(
      *id, [self = shared_from_this()](const absl::StatusOr<store::FileRecord>& file) {
        self->OnFound(file);
      });
}

void DownloadExchange::OnFound(const absl::StatusOr<store::FileRecord>& file) {
  if (client_ == nullptr) return;
  if (!file.ok()) return Refuse(model::FaultOf(file.status()));
  file_ = *file;
  if (IsKnown()) return Answer(MakeResponse(kNotModified));
  rules_.door.files->FindUrl(
      file_, [self = shared_from_this()](const absl::StatusOr<std::optional<std::string>>& url) {
        self->OnUrl(url);
      });
}

void DownloadExchange::OnUrl(const absl::StatusOr<std::optional<std::string>>& url) {
  if (client_ == nullptr) return;
  if (!url.ok()) return Refuse(model::FaultOf(url.status()));
  if (!url->has_value()) return Serve();
  HttpResponse response;
  response.status = kPermanentRedirect;
  response.headers.emplace_back("Location", **url);
  response.headers.emplace_back("Cache-Control", "no-store");
  Answer(std::move(response));
}

bool DownloadExchange::IsKnown() const {
  if (const std::string_view tags = request_.Header("if-none-match"); !tags.empty()) {
    return NamesTag(tags, Quoted(file_.etag));
  }
  const auto since = ParseHttpTime(request_.Header("if-modified-since"));
  return since.has_value() && WholeSeconds(file_.created) <= *since;
}

bool DownloadExchange::IsRangeFresh() const {
  const std::string_view condition = request_.Header("if-range");
  if (condition.empty()) return true;
  if (condition.front() == '"') return condition == Quoted(file_.etag);
  const auto time = ParseHttpTime(condition);
  return time.has_value() && WholeSeconds(file_.created) == *time;
}

HttpResponse DownloadExchange::MakeResponse(int status) const {
  HttpResponse response;
  response.status = status;
  response.content_type = file_.mime;
  response.headers = {{"ETag", Quoted(file_.etag)},
                      {"Last-Modified", HttpTime(file_.created)},
                      {"Cache-Control", "private, max-age=86400"}};
  if (status == kNotModified) return response;
  const bool is_saved = IsTrueLike(request_.QueryValue("asatt")) ||
                        media::DispositionOf(file_.mime) == media::Disposition::kAttachment;
  response.headers.emplace_back("Content-Disposition", is_saved ? "attachment" : "inline");
  response.headers.emplace_back("Content-Security-Policy", "sandbox; default-src 'none'");
  response.headers.emplace_back("Accept-Ranges", "bytes");
  return response;
}

void DownloadExchange::Serve() {
  const std::int64_t size = file_.size_bytes;
  const ByteRange whole{ByteRange::Kind::kWhole, 0, size};
  const ByteRange range = request_.method == "GET" && IsRangeFresh()
                              ? ParseRange(request_.Header("range"), size)
                              : whole;
  if (range.kind == ByteRange::Kind::kNone) {
    HttpResponse response = MakeStatusResponse(kRangeNotSatisfiable);
    response.headers.emplace_back("Content-Range", fmt::format("bytes */{}", size));
    return Answer(std::move(response));
  }
  ServePart(range);
}

void DownloadExchange::ServePart(const ByteRange& range) {
  const bool is_part = range.kind == ByteRange::Kind::kPart;
  HttpResponse response = MakeResponse(is_part ? kPartialContent : 200);
  response.streamed_bytes = range.length;
  if (is_part) {
    response.headers.emplace_back("Content-Range",
                                  fmt::format("bytes {}-{}/{}", range.offset,
                                              range.offset + range.length - 1, file_.size_bytes));
  }
  if (request_.method == "HEAD" || range.length == 0) return Answer(std::move(response));
  absl::StatusOr<media::DownloadPtr> download = rules_.door.files->StartDownload(
      rules_.door.doorkeeper->OwnerOf(user_, request_.remote_address), file_, range.offset,
      range.length);
  if (!download.ok()) return Refuse(model::FaultOf(download.status()));
  download_ = *std::move(download);
  FileClient& client = *client_;
  rules_.cors->AllowOrigin(request_.Header("origin"), response);
  client.Answer(response);
  SendNext();
}

void DownloadExchange::OnDrained() {
  if (!is_reading_ && download_ != nullptr) SendNext();
}

void DownloadExchange::SendNext() {
  if (client_ == nullptr || download_ == nullptr) return;
  is_reading_ = true;
  download_->Next([self = shared_from_this()](absl::StatusOr<std::string> block) {
    self->is_reading_ = false;
    if (self->client_ == nullptr) return;
    if (!block.ok()) {
      base::LogError("a file is not read to its end",
                     {{"file", self->file_.id.ToString()},
                      {"error", std::string(base::ToStd(block.status().message()))}});
      return std::exchange(self->client_, nullptr)->Break();
    }
    FileClient& client = *self->client_;
    if (self->download_->left() == 0) {
      self->download_.reset();
      self->client_ = nullptr;
    }
    client.Send(*std::move(block));
  });
}

void DownloadExchange::Refuse(Fault fault) { Answer(MakeFaultResponse(fault)); }

void DownloadExchange::Answer(HttpResponse response) {
  if (request_.method != "OPTIONS") {
    rules_.cors->AllowOrigin(request_.Header("origin"), response);
  }
  std::exchange(client_, nullptr)->Answer(response);
}

void DownloadExchange::OnGone() {
  client_ = nullptr;
  download_.reset();
}

}  // namespace molva::transport
