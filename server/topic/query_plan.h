// Which parts a get asks for, and whether its options make sense.
#pragma once

#include <absl/status/statusor.h>

#include <vector>

#include "model/request.h"

namespace molva::topic {

enum class Part : std::uint8_t { kDesc, kSub, kData, kReact, kSearch, kDel, kTags, kCred, kAux };

// The order in which the parts of a {get} and of a {sub} are answered.
// Source: docs/protocol behaviour §6.1 and §8.2.
enum class PlanOrder : bool { kGet, kSub };

// The parts named in `query.what`, each once, in protocol order. Errors: kMalformed if no known
// word is there or an option does not fit its part.
absl::StatusOr<std::vector<Part>> PlanQuery(const model::GetQuery& query, PlanOrder order);

// The word of a part in `params.what` of an empty result.
std::string_view WordOf(Part part);

}  // namespace molva::topic
