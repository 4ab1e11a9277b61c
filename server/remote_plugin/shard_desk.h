// What one shard has of the plugins: the ports that sessions, `fnd` and the store use. Private to
// server/remote_plugin.
#pragma once

#include <memory>
#include <vector>

#include "names/name_book.h"
#include "remote_plugin/call_loop.h"
#include "remote_plugin/events.h"
#include "remote_plugin/outside_plugin.h"
#include "runtime/shard.h"
#include "session/request_filter.h"
#include "store/write_tap.h"
#include "topic/search_filter.h"

namespace molva::remote_plugin {

// What all shards share. Fixed once built; the plugins are touched on the loop's thread.
struct Switchboard {
  CallLoop& loop;
  std::vector<std::unique_ptr<OutsidePlugin>>& plugins;
  wire::PluginAnswerDecoder& decoder;  // the loop's
  const names::NameBook& names;
};

// Thread:  confined to its shard.
// Borrows: the switchboard and the shard.
class ShardDesk final : public session::RequestFilter,
                        public topic::SearchFilter,
                        public store::WriteTap {
 public:
  ShardDesk(const Switchboard& board, runtime::Shard& shard);

  // session::RequestFilter
  bool Wants(const model::Request& request) const override;
  void Judge(session::Petitioner from, model::Request request,
             session::RequestFilter::Done done) override;
  // topic::SearchFilter
  void Judge(model::UserId asker, std::string text, topic::SearchFilter::Done done) override;
  // store::WriteTap
  store::Written Watch(const store::Batch& batch, store::Written done) override;

 private:
  bool IsWanted(const wire::PluginEvent& event) const;
  void Tell(std::vector<wire::PluginEvent> events);

  const Switchboard& board_;
  runtime::Shard& shard_;
  const EventKinds kinds_;
};

}  // namespace molva::remote_plugin
