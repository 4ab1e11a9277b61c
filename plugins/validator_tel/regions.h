// The telephone numbering plans of the world, as far as a number needs them to be written in full.
// Source: ITU-T E.164 (the list of assigned country codes) and the national plans.
#pragma once

#include <string_view>

namespace molva::validator_tel {

struct Region {
  std::string_view name;  // ISO 3166-1, two capital letters
  std::string_view code;  // of the country, without "+"
  // What is dialled before a number within the country and is no part of it: "0", "8". "*":
  // nothing, and a zero that a number begins with belongs to it. Empty: nothing, and none does.
  std::string_view trunk;
};

// nullptr: there is no such region. Case does not matter.
const Region* FindRegion(std::string_view name);
// Some region whose code `digits` begin with; codes are prefix-free. nullptr: none.
const Region* FindRegionOfNumber(std::string_view digits);

}  // namespace molva::validator_tel
