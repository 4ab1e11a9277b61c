#include "remote_plugin/events.h"

#include <string>
#include <utility>

#include "base/strings.h"

namespace molva::remote_plugin {
namespace {

using wire::Crud;

// Turns one change after the other into events. Overloads of Add by change.
class EventList {
 public:
  EventList(const names::NameBook& names, EventKinds kinds) : names_(names), kinds_(kinds) {}

  void Add(const store::PutUser& put);
  void Add(const store::PutTopic& put);
  void Add(const store::EraseTopic& erased);
  void Add(const store::PutSubscription& put);
  void Add(const store::AppendMessage& appended);
  template <typename Other>
  void Add(const Other&) {}

  std::vector<wire::PluginEvent> Take() { return std::move(events_); }

 private:
  std::string NameOf(model::TopicName topic) const;

  const names::NameBook& names_;
  const EventKinds kinds_;
  std::vector<wire::PluginEvent> events_;
};

std::string EventList::NameOf(model::TopicName topic) const {
  return topic.kind() == model::TopicKind::kGroup ? names_.TextOfGroup(topic) : topic.ToString();
}

// What is new is put where nothing may be; what is over keeps its record for a while.
Crud ActionOf(store::State state, store::Expect expect) {
  if (state == store::State::kDeleted) return Crud::kDelete;
  return expect == store::Expect::kAbsent ? Crud::kCreate : Crud::kUpdate;
}

Crud ActionOf(const store::SubscriptionRecord& record) {
  if (record.deleted.has_value()) return Crud::kDelete;
  return record.created == record.updated ? Crud::kCreate : Crud::kUpdate;
}

// The record of an account that ends is marked before it is erased.
void EventList::Add(const store::PutUser& put) {
  const store::UserRecord& user = put.user;
  if (!kinds_.account || !user.origin.empty()) return;
  events_.emplace_back(
      wire::AccountEvent{ActionOf(user.state, put.expect),
                         user.id.ToString(),
                         {user.access.auth.ToString(), user.access.anon.ToString()},
                         user.public_card,
                         user.tags});
}

void EventList::Add(const store::PutTopic& put) {
  if (!kinds_.topic) return;
  const store::TopicRecord& topic = put.topic;
  wire::TopicEvent event;
  event.action = ActionOf(topic.state, put.expect);
  event.name = NameOf(topic.name);
  event.desc.created = topic.created;
  event.desc.updated = topic.updated;
  event.desc.is_channel = topic.is_channel;
  event.desc.default_access =
      model::DefaultAccessText{topic.access.auth.ToString(), topic.access.anon.ToString()};
  event.desc.public_card = topic.public_card;
  event.desc.trusted = topic.trusted;
  events_.emplace_back(std::move(event));
}

void EventList::Add(const store::EraseTopic& erased) {
  if (!kinds_.topic) return;
  wire::TopicEvent event;
  event.action = Crud::kDelete;
  event.name = NameOf(erased.topic);
  events_.emplace_back(std::move(event));
}

void EventList::Add(const store::PutSubscription& put) {
  if (!kinds_.subscription) return;
  const store::SubscriptionRecord& record = put.subscription;
  const model::AccessMode mode = record.want & record.given;
  events_.emplace_back(
      wire::SubscriptionEvent{ActionOf(record),
                              NameOf(record.topic),
                              base::EncodeId(record.user.bits()),
                              record.del_id,
                              record.read,
                              record.recv,
                              {record.want.ToString(), record.given.ToString(), mode.ToString()},
                              record.private_note});
}

void EventList::Add(const store::AppendMessage& appended) {
  if (!kinds_.message) return;
  const store::MessageRecord& message = appended.message;
  wire::MessageEvent event;
  event.message.topic = NameOf(message.topic);
  if (message.from != model::UserId::Nobody()) event.message.from = names_.TextOf(message.from);
  event.message.ts = message.created;
  event.message.seq = message.seq;
  event.message.head = message.head;
  event.message.content = message.content;
  events_.emplace_back(std::move(event));
}

}  // namespace

std::vector<wire::PluginEvent> EventsOf(const store::Batch& batch, const names::NameBook& names,
                                        EventKinds kinds) {
  EventList list(names, kinds);
  for (const store::Mutation& change : batch) {
    std::visit([&list](const auto& one) { list.Add(one); }, change);
  }
  return list.Take();
}

}  // namespace molva::remote_plugin
