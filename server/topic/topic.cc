#include "topic/topic.h"

#include "topic/chat_topic.h"
#include "topic/fnd_topic.h"
#include "topic/me_topic.h"

namespace molva::topic {

std::shared_ptr<Topic> MakeTopic(model::TopicName name, const TopicEnv& env) {
  switch (name.kind()) {
    case model::TopicKind::kMe:
      return std::make_shared<MeTopic>(name, env);
    case model::TopicKind::kFnd:
      return std::make_shared<FndTopic>(name, env);
    case model::TopicKind::kSlf:
    case model::TopicKind::kP2p:
    case model::TopicKind::kGroup:
    case model::TopicKind::kSys:
      return std::make_shared<ChatTopic>(name, env);
  }
  return nullptr;
}

}  // namespace molva::topic
