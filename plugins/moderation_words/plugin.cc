// Does what the operator's list of words says about messages and accounts.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "json_texts.h"
#include "molva/declare.hpp"
#include "molva/moderation_plugin.h"
#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"
#include "watched_list.h"

struct molva_moderation {
  const molva_moderation_client* client = nullptr;
  std::unique_ptr<molva::moderation_words::WatchedList> list;
  std::string reason;
  bool looks_at_accounts = true;
};

namespace molva::moderation_words {
namespace {

constexpr char kReason[] = "not allowed here";
constexpr std::size_t kMaxReasonBytes = 256;

molva_ruling RulingOf(Action action) {
  switch (action) {
    case Action::kDrop:
      return MOLVA_RULING_DROP;
    case Action::kRefuse:
      return MOLVA_RULING_REFUSE;
    case Action::kQuarantine:
      return MOLVA_RULING_QUARANTINE;
    case Action::kReplace:
      return MOLVA_RULING_REPLACE;
    case Action::kNone:
      break;
  }
  return MOLVA_RULING_ACCEPT;
}

molva_code Open(const molva_host* host, const molva_moderation_client* client, molva_text text,
                const molva_sink* why, molva_moderation** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    sdk::Config config(text);
    auto self = std::make_unique<molva_moderation>();
    self->client = client;
    const std::string file = config.Text("file", "");
    self->reason = config.Text("reason", kReason);
    self->looks_at_accounts = config.Flag("accounts", true);
    if (const std::string error = config.Finish(); !error.empty()) return {MOLVA_MALFORMED, error};
    if (file.empty()) return {MOLVA_MALFORMED, "file: must be the path of a list of words"};
    if (self->reason.size() > kMaxReasonBytes || self->reason.find('\n') != std::string::npos) {
      return {MOLVA_MALFORMED, "reason: must be one line of at most 256 bytes"};
    }
    self->list = std::make_unique<WatchedList>(file, host);
    MOLVA_RETURN_UNLESS_OK(self->list->Load());
    *out = self.release();
    return sdk::Done();
  });
}

void Close(molva_moderation* self) { std::unique_ptr<molva_moderation>(self).reset(); }

// Tags are what others find an account by: they are not rewritten.
Action JudgeTags(const WordList& list, const molva_moderation_case& what) {
  Action strongest = Action::kNone;
  for (std::size_t i = 0; i < what.tags.count; ++i) {
    strongest = std::max(strongest, list.Judge(sdk::View(what.tags.items[i])).action);
  }
  return strongest == Action::kReplace ? Action::kRefuse : strongest;
}

void Judge(molva_moderation* self, std::uint64_t token, const molva_moderation_case* what) {
  auto verdict = sdk::Sized<molva_verdict>();
  const auto decide = [&] { self->client->decide(self->client->context, token, &verdict); };
  if (what->what == MOLVA_MODERATION_ACCOUNT && !self->looks_at_accounts) return decide();
  WordList::Finding finding;
  const auto judge = [&] {
    const WordList& list = self->list->Current();
    if (what->content.size != 0) finding = JudgeJson(list, sdk::View(what->content));
    finding.action = std::max(finding.action, JudgeTags(list, *what));
  };
  // A verdict that there is not is a failure: the operator has said what comes of those.
  const auto fail = [&] { verdict.ruling = ~molva_ruling{0}; };
  sdk::GuardedVoid(judge, fail);
  if (verdict.ruling == MOLVA_RULING_ACCEPT) verdict.ruling = RulingOf(finding.action);
  if (verdict.ruling != MOLVA_RULING_ACCEPT) verdict.reason = sdk::Text(self->reason);
  if (verdict.ruling == MOLVA_RULING_REPLACE) verdict.content = sdk::Text(finding.replaced);
  decide();
}

constexpr molva_moderation_api kApi = {
    sizeof(molva_moderation_api),
    MOLVA_MODERATES(MOLVA_MODERATION_MESSAGE) | MOLVA_MODERATES(MOLVA_MODERATION_ACCOUNT), Open,
    Close, Judge};
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("file", nullptr, "The list of words."),
    sdk::TextSetting("reason", "not allowed here", "What the author of something refused reads."),
    sdk::BoolSetting("accounts", "true", "Whether cards and tags of accounts are looked at too."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_MODERATION, "words", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::moderation_words

const molva_plugin* molva_plugin_v1() { return &molva::moderation_words::kPlugin; }
