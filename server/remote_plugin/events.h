// What changes in the store mean to plugins. Private to server/remote_plugin.
#pragma once

#include <vector>

#include "names/name_book.h"
#include "store/mutation.h"
#include "wire/plugin_messages.h"

namespace molva::remote_plugin {

// Which events somebody is to hear of at all: what nobody hears of is not copied.
struct EventKinds {
  bool account = true;
  bool topic = true;
  bool subscription = true;
  bool message = true;
};

// The events of these kinds that a batch is about, in its order. Read marks, presence, credentials
// and whatever else is nobody's business are none. Users of other servers have no accounts here.
std::vector<wire::PluginEvent> EventsOf(const store::Batch& batch, const names::NameBook& names,
                                        EventKinds kinds);

}  // namespace molva::remote_plugin
