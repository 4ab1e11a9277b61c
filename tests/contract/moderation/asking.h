// Asks a moderation plugin and waits for its answer.
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "plugin/moderation_adapter.h"

namespace molva::test {

using moderation::Case;
using moderation::Verdict;
using plugin::ModerationPlugin;
using Answer = absl::StatusOr<Verdict>;

inline Case MessageOf(std::string content) {
  Case message;
  message.when = absl::FromUnixSeconds(1'700'000'000);
  message.topic = "grpAgAAAAAAAAA";
  message.author = "usrAQAAAAAAAAA";
  message.content = {std::move(content)};
  return message;
}

inline std::future<Answer> Ask(ModerationPlugin& plugin, Case what,
                               moderation::Judge::Ticket* ticket = nullptr) {
  auto promise = std::make_shared<std::promise<Answer>>();
  std::future<Answer> answer = promise->get_future();
  const auto number = plugin.Ask(std::make_shared<const Case>(std::move(what)),
                                 [promise](Answer given) { promise->set_value(std::move(given)); });
  if (ticket != nullptr) *ticket = number;
  return answer;
}

inline bool Comes(std::future<Answer>& answer,
                  std::chrono::milliseconds within = std::chrono::seconds(20)) {
  return answer.wait_for(within) == std::future_status::ready;
}

}  // namespace molva::test
