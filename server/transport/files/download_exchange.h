// A download: who may have the file, what of it, and its bytes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "media/download.h"
#include "model/fault.h"
#include "model/user_id.h"
#include "transport/files/byte_range.h"
#include "transport/files/file_claim.h"
#include "transport/files/file_exchange.h"

namespace molva::transport {

// Whoever is logged in and knows the id gets the file. A browser is told to believe the type, and
// to give the file no rights of the page.
//
// Borrows: the rules. Source: docs/protocol transports §6.
class DownloadExchange final : public FileExchange,
                               public std::enable_shared_from_this<DownloadExchange> {
 public:
  DownloadExchange(const FileRules& rules, HttpRequest request);

  void Start(FileClient& client) override;
  bool WantsBody() const override { return false; }
  void OnBody(std::string_view) override {}
  void OnBodyEnd() override {}
  void OnDrained() override;
  void OnGone() override;

 private:
  void OnIdentified(const absl::StatusOr<model::UserId>& user);
  void OnFound(const absl::StatusOr<store::FileRecord>& file);
  void OnUrl(const absl::StatusOr<std::optional<std::string>>& url);
  void Serve();
  void ServePart(const ByteRange& range);
  void SendNext();
  // Whether the client has these very bytes.
  bool IsKnown() const;
  // Whether the range that is asked for is of these very bytes.
  bool IsRangeFresh() const;
  HttpResponse MakeResponse(int status) const;
  void Refuse(model::Fault fault);
  void Answer(HttpResponse response);

  const FileRules& rules_;
  const HttpRequest request_;
  FileClient* client_ = nullptr;  // until it is gone, or has it all
  model::UserId user_;
  store::FileRecord file_;
  media::DownloadPtr download_;
  bool is_reading_ = false;  // a block is under way
};

}  // namespace molva::transport
