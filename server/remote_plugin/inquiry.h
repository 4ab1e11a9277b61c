// One request or search on its way through the plugins, in their order. Private to
// server/remote_plugin.
#pragma once

#include <memory>
#include <string>

#include "remote_plugin/shard_desk.h"

namespace molva::remote_plugin {

// A request: the first plugin with another opinion than to continue has the last word.
//
// Thread: the loop's.
class RequestInquiry : public std::enable_shared_from_this<RequestInquiry> {
 public:
  RequestInquiry(const Switchboard& board, wire::PluginSession session, model::Request request,
                 absl::Time received, session::RequestFilter::Done done)
      : board_(board),
        session_(std::move(session)),
        request_(std::move(request)),
        received_(received),
        done_(std::move(done)) {}

  // Asks the next plugin that wants to see it.
  void AskNext();

 private:
  // Says what is wrong with an answer.
  absl::Status OnAnswer(const PluginOptions& plugin, const absl::StatusOr<std::string>& bytes);
  void OnFailure(const PluginOptions& plugin);
  void Answer(model::Packet packet);

  const Switchboard& board_;
  const wire::PluginSession session_;
  model::Request request_;
  const absl::Time received_;
  session::RequestFilter::Done done_;
  std::size_t next_ = 0;
};

// A search, likewise.
//
// Thread: the loop's.
class SearchInquiry : public std::enable_shared_from_this<SearchInquiry> {
 public:
  SearchInquiry(const Switchboard& board, std::string user, std::string text,
                topic::SearchFilter::Done done)
      : board_(board), user_(std::move(user)), text_(std::move(text)), done_(std::move(done)) {}

  void AskNext();

 private:
  absl::Status OnAnswer(const PluginOptions& plugin, const absl::StatusOr<std::string>& bytes);
  void OnFailure(const PluginOptions& plugin);

  const Switchboard& board_;
  const std::string user_;
  std::string text_;
  topic::SearchFilter::Done done_;
  std::size_t next_ = 0;
};

}  // namespace molva::remote_plugin
