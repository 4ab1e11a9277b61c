// The names of what a storage plugin is asked, for its figures. Private to server/plugin.
#pragma once

#include <array>
#include <string_view>

#include "molva/store_plugin.h"

namespace molva::plugin {

// Beside the kinds of queries, which start at 1.
inline constexpr std::size_t kStoreSubmit = 0;

// By kind of query; those numbers that are none have no name.
inline constexpr auto kStoreCalls = [] {
  std::array<std::string_view, MOLVA_FIND_WORDS_OF_USER + 1> names;
  names[kStoreSubmit] = "submit";
  names[MOLVA_FIND_USER] = "find_user";
  names[MOLVA_FIND_TOPIC] = "find_topic";
  names[MOLVA_LIST_SUBSCRIPTIONS] = "list_subscriptions";
  names[MOLVA_FIND_SUBSCRIPTION] = "find_subscription";
  names[MOLVA_LIST_MEMBERS] = "list_members";
  names[MOLVA_LIST_CONTACTS] = "list_contacts";
  names[MOLVA_LIST_MESSAGES] = "list_messages";
  names[MOLVA_LIST_DELETIONS] = "list_deletions";
  names[MOLVA_FIND_AUTH] = "find_auth";
  names[MOLVA_FIND_AUTH_OF_USER] = "find_auth_of_user";
  names[MOLVA_FIND_BY_TAGS] = "find_by_tags";
  names[MOLVA_FIND_VALUE] = "find_value";
  names[MOLVA_LIST_VALUES] = "list_values";
  names[MOLVA_LIST_LANES] = "list_lanes";
  names[MOLVA_LIST_ENTRIES] = "list_entries";
  names[MOLVA_LIST_DELIVERIES] = "list_deliveries";
  names[MOLVA_LIST_FOREIGN_NAMES] = "list_foreign_names";
  names[MOLVA_LIST_CREDENTIALS] = "list_credentials";
  names[MOLVA_FIND_CREDENTIAL] = "find_credential";
  names[MOLVA_FIND_FILE] = "find_file";
  names[MOLVA_LIST_UNUSED_FILES] = "list_unused_files";
  names[MOLVA_LIST_DEVICES] = "list_devices";
  names[MOLVA_LIST_UIDS] = "list_uids";
  names[MOLVA_LIST_DUE] = "list_due";
  names[MOLVA_LIST_REACTIONS] = "list_reactions";
  names[MOLVA_FIND_WORDS] = "find_words";
  names[MOLVA_LIST_UNINDEXED] = "list_unindexed";
  names[MOLVA_LIST_OLD] = "list_old";
  names[MOLVA_FIND_WORDS_OF_USER] = "find_words_of_user";
  return names;
}();

}  // namespace molva::plugin
