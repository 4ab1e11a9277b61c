// What happened in topics, on its way to those who know the devices it may be told on.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "model/seq_range.h"
#include "model/topic_name.h"
#include "model/user_id.h"
#include "push/receipt.h"

namespace molva::push {

// Somebody whom an event concerns.
struct Target {
  model::UserId user;
  std::string topic;  // as he names it
  bool is_silent = false;
  model::SeqId read = 0;  // he has read the topic so far; 0: nothing new is known of that
};

// One event for targets whose `me` topics share a shard. Immutable once sent.
struct News {
  Payload payload;
  model::TopicName topic;
  std::vector<Target> targets;
  std::string channel;  // chn name: then there are no targets
};
using NewsPtr = std::shared_ptr<const News>;

// What is known of the user, his devices and unread messages holds no more.
struct ForgetUser {
  model::UserId user;
};

// The device is `user`'s from now on; Nobody: it is nobody's.
struct DeviceMoved {
  std::string id;
  model::UserId user;
};

using DeskNews = std::variant<NewsPtr, ForgetUser, DeviceMoved>;

}  // namespace molva::push
