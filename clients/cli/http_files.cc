// Files over HTTP, as browsers send and fetch them. Source: docs/protocol transports §5, §6.
#include <curl/curl.h>
#include <fmt/core.h>

#include <memory>
#include <utility>

#include "clients/cli/file_link.h"
#include "clients/cli/json_text.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

constexpr long kConnectSeconds = 5;
// A transfer that is slower than this for so long is given up.
constexpr long kStalledBytesPerSecond = 1;
constexpr long kStalledSeconds = 60;
constexpr std::size_t kMaxAnswerBytes = 64 * 1024;
constexpr long kOkStatus = 200;

struct EasyEnd {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MimeEnd {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
struct ListEnd {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// "ws://host/v0/channels" → "http://host".
std::string BaseOf(const std::string& address) {
  std::string base = "http" + address.substr(2);
  while (base.ends_with('/')) base.pop_back();
  constexpr std::string_view kSession = "/v0/channels";
  if (base.ends_with(kSession)) base.resize(base.size() - kSession.size());
  return base;
}

class HttpFiles final : public FileLink {
 public:
  explicit HttpFiles(FileDoor door)
      : door_(std::move(door)), base_(BaseOf(door_.address)), easy_(curl_easy_init()) {}

  absl::StatusOr<std::string> Upload(const LocalFile& file, TransferProgress progress) override {
    MOLVA_RETURN_IF_ERROR(Prepare(base_ + "/v0/file/u/"));
    const std::unique_ptr<curl_mime, MimeEnd> form(curl_mime_init(easy_.get()));
    curl_mimepart* part = curl_mime_addpart(form.get());
    curl_mime_name(part, "file");
    if (curl_mime_filedata(part, file.path.c_str()) != CURLE_OK) {
      return absl::NotFoundError(fmt::format("cannot read {}", file.path));
    }
    // What the server goes by is what is in the file.
    curl_mime_filename(part, "file");
    curl_mime_type(part, file.mime.c_str());
    curl_easy_setopt(easy_.get(), CURLOPT_MIMEPOST, form.get());
    curl_easy_setopt(easy_.get(), CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy_.get(), CURLOPT_XFERINFODATA, &progress);
    curl_easy_setopt(easy_.get(), CURLOPT_XFERINFOFUNCTION, OnProgress);
    MOLVA_RETURN_IF_ERROR(Perform());
    if (const std::optional<std::string> url = FindText(answer_, "/ctrl/params/url")) return *url;
    return absl::UnavailableError("the server does not say where it has put the file");
  }

  absl::Status Download(const std::string& url, TransferSink sink) override {
    MOLVA_RETURN_IF_ERROR(Prepare(base_ + url));
    sink_ = &sink;
    const absl::Status done = Perform();
    sink_ = nullptr;
    return done;
  }

 private:
  absl::Status Prepare(const std::string& url) {
    if (easy_ == nullptr) return absl::ResourceExhaustedError("out of memory");
    curl_easy_reset(easy_.get());
    answer_.clear();
    written_ = absl::OkStatus();
    curl_slist* headers = nullptr;
    headers = curl_slist_append(headers, ("X-Tinode-APIKey: " + door_.api_key).c_str());
    headers = curl_slist_append(headers, ("X-Tinode-Auth: token " + door_.token).c_str());
    // Without it the library waits a second for a word that the server need not say.
    headers = curl_slist_append(headers, "Expect:");
    headers_.reset(headers);
    curl_easy_setopt(easy_.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy_.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    // The headers are for this server alone.
    curl_easy_setopt(easy_.get(), CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy_.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy_.get(), CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(easy_.get(), CURLOPT_LOW_SPEED_LIMIT, kStalledBytesPerSecond);
    curl_easy_setopt(easy_.get(), CURLOPT_LOW_SPEED_TIME, kStalledSeconds);
    curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(easy_.get(), CURLOPT_WRITEFUNCTION, OnBytes);
    curl_easy_setopt(easy_.get(), CURLOPT_WRITEDATA, this);
    return absl::OkStatus();
  }

  absl::Status Perform() {
    const CURLcode code = curl_easy_perform(easy_.get());
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (!written_.ok()) return written_;
    // A server that refuses a file need not read it to its end.
    if (status != 0 && status != kOkStatus) {
      const std::string text = FindText(answer_, "/ctrl/text").value_or("refused");
      return FileRefusal(static_cast<int>(status), text);
    }
    if (code == CURLE_OK) return absl::OkStatus();
    return absl::UnavailableError(
        fmt::format("the server at {} cannot be reached: {}", base_, curl_easy_strerror(code)));
  }

  static std::size_t OnBytes(char* bytes, std::size_t, std::size_t size, void* self) {
    return static_cast<HttpFiles*>(self)->Take({bytes, size}) ? size : 0;
  }

  bool Take(std::string_view bytes) {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (sink_ != nullptr && status == kOkStatus) {
      written_ = (*sink_)(bytes);
      return written_.ok();
    }
    if (answer_.size() + bytes.size() > kMaxAnswerBytes) return false;
    answer_ += bytes;
    return true;
  }

  static int OnProgress(void* progress, curl_off_t, curl_off_t, curl_off_t, curl_off_t sent) {
    (*static_cast<TransferProgress*>(progress))(sent);
    return 0;
  }

  const FileDoor door_;
  const std::string base_;
  const std::unique_ptr<CURL, EasyEnd> easy_;
  std::unique_ptr<curl_slist, ListEnd> headers_;
  TransferSink* sink_ = nullptr;  // of the download under way
  absl::Status written_;          // what the sink said
  std::string answer_;            // what is not the file
};

}  // namespace

std::unique_ptr<FileLink> OpenHttpFiles(const FileDoor& door) {
  return std::make_unique<HttpFiles>(door);
}

}  // namespace molva::cli
