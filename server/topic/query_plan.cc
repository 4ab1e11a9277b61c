#include "topic/query_plan.h"

#include <array>

#include "base/strings.h"
#include "model/fault.h"

namespace molva::topic {
namespace {

using model::Fail;
using model::Fault;

constexpr std::array kGetOrder = {Part::kDesc,  Part::kSub,    Part::kData,
                                  Part::kReact, Part::kSearch, Part::kDel,
                                  Part::kTags,  Part::kCred,   Part::kAux};
constexpr std::array kSubOrder = {Part::kDesc, Part::kSub,   Part::kTags,   Part::kCred, Part::kAux,
                                  Part::kData, Part::kReact, Part::kSearch, Part::kDel};
constexpr std::size_t kMaxWords = 8;

std::string_view InputWordOf(Part part) { return part == Part::kCred ? "cred" : WordOf(part); }

absl::Status CheckOptions(const model::GetQuery& query) {
  if (query.desc.has_value() && (!query.desc->user.empty() || query.desc->limit != 0)) {
    return Fail(Fault::kMalformed, "desc takes only ims");
  }
  if (query.sub.has_value() && (query.sub->since != 0 || query.sub->before != 0)) {
    return Fail(Fault::kMalformed, "sub takes no since or before");
  }
  for (const auto* options : {&query.data, &query.del}) {
    if (options->has_value() && ((*options)->if_modified_since.has_value() ||
                                 !(*options)->user.empty() || !(*options)->topic.empty())) {
      return Fail(Fault::kMalformed, "data and del take no ims, user or topic");
    }
  }
  return absl::OkStatus();
}

bool IsNegative(const std::optional<model::SearchOptions>& options) {
  return options.has_value() && (options->since < 0 || options->before < 0 || options->limit < 0);
}

bool Negative(const std::optional<model::GetOptions>& options) {
  return options.has_value() && (options->since < 0 || options->before < 0 || options->limit < 0);
}

}  // namespace

std::string_view WordOf(Part part) {
  switch (part) {
    case Part::kDesc:
      return "desc";
    case Part::kSub:
      return "sub";
    case Part::kData:
      return "data";
    case Part::kReact:
      return "react";
    case Part::kSearch:
      return "search";
    case Part::kDel:
      return "del";
    case Part::kTags:
      return "tags";
    case Part::kCred:
      return "creds";
    case Part::kAux:
      return "aux";
  }
  return "";
}

absl::StatusOr<std::vector<Part>> PlanQuery(const model::GetQuery& query, PlanOrder order) {
  std::vector<std::string_view> words = base::SplitWords(query.what, ' ');
  // Behind the eighth word everything is one unknown word.
  if (words.size() > kMaxWords) words.resize(kMaxWords - 1);
  std::vector<Part> parts;
  for (const Part part : order == PlanOrder::kGet ? kGetOrder : kSubOrder) {
    for (const std::string_view word : words) {
      if (word == InputWordOf(part)) {
        parts.push_back(part);
        break;
      }
    }
  }
  if (parts.empty()) return Fail(Fault::kMalformed, "nothing known is asked for");
  if (absl::Status status = CheckOptions(query); !status.ok()) return status;
  if (Negative(query.desc) || Negative(query.sub) || Negative(query.data) || Negative(query.del) ||
      IsNegative(query.search)) {
    return Fail(Fault::kMalformed, "a negative bound");
  }
  return parts;
}

}  // namespace molva::topic
