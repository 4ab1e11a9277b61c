#include "sql_state.h"

namespace molva::store_postgres {
namespace {

struct StateClass {
  std::string_view prefix;
  molva_code code;
};

// The first that fits.
constexpr StateClass kClasses[] = {
    {"08", MOLVA_UNAVAILABLE},        // connection
    {"22", MOLVA_MALFORMED},          // a value that a column cannot hold
    {"23502", MOLVA_UNAVAILABLE},     // the fence of writer.cc
    {"23505", MOLVA_ALREADY_EXISTS},  // unique constraint
    {"25006", MOLVA_UNAVAILABLE},     // the server has become a standby
    {"25P03", MOLVA_UNAVAILABLE},     // idle in a transaction for too long
    {"40", MOLVA_UNAVAILABLE},        // undone by a deadlock or a conflict
    {"53", MOLVA_UNAVAILABLE},        // disk, memory or connections are used up
    {"54", MOLVA_POLICY},             // too long for an index
    {"55P03", MOLVA_UNAVAILABLE},     // somebody else holds a lock
    {"57", MOLVA_UNAVAILABLE},        // an operator, or a timeout
    {"58", MOLVA_UNAVAILABLE},        // input and output
};

}  // namespace

molva_code CodeOf(std::string_view sql_state) {
  for (const StateClass& one : kClasses) {
    if (sql_state.starts_with(one.prefix)) return one.code;
  }
  return MOLVA_INTERNAL;
}

}  // namespace molva::store_postgres
