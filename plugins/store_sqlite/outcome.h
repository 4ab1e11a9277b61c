// How an operation of the plugin ended: the code that crosses the border, and why, for the log.
#pragma once

#include <string>
#include <utility>

#include "molva/plugin.h"

namespace molva::store_sqlite {

struct [[nodiscard]] Outcome {
  molva_code code = MOLVA_OK;
  std::string why;

  bool ok() const { return code == MOLVA_OK; }
};

inline Outcome Done() { return {}; }

}  // namespace molva::store_sqlite

// Returns from the function with the Outcome of `expr` unless that is OK.
#define MOLVA_RETURN_UNLESS_OK(expr)                                                  \
  do {                                                                                \
    if (::molva::store_sqlite::Outcome molva_outcome = (expr); !molva_outcome.ok()) { \
      return molva_outcome;                                                           \
    }                                                                                 \
  } while (false)
