// Shortens the passing-on of errors.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <utility>

#define MOLVA_CLI_CONCAT_INNER(a, b) a##b
#define MOLVA_CLI_CONCAT(a, b) MOLVA_CLI_CONCAT_INNER(a, b)

// Returns from the function with the status of `expr` unless that is OK.
#define MOLVA_RETURN_IF_ERROR(expr)                               \
  do {                                                            \
    if (absl::Status molva_status = (expr); !molva_status.ok()) { \
      return molva_status;                                        \
    }                                                             \
  } while (false)

// Declares or assigns `lhs` from the absl::StatusOr `expr`, or returns its status.
#define MOLVA_ASSIGN_OR_RETURN(lhs, expr) \
  MOLVA_CLI_ASSIGN_OR_RETURN(MOLVA_CLI_CONCAT(molva_result_, __LINE__), lhs, expr)
#define MOLVA_CLI_ASSIGN_OR_RETURN(result, lhs, expr)  \
  auto result = (expr);                                \
  if (!result.ok()) return std::move(result).status(); \
  lhs = *std::move(result)
