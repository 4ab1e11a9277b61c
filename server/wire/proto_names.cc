#include "wire/proto_names.h"

#include <array>

namespace molva::wire {
namespace {

namespace v1 = molva::v1;

template <typename Enum>
struct Row {
  Enum value;
  std::string_view word;
};

constexpr std::array<Row<v1::InfoNote>, 10> kNotes = {{
    {v1::INFO_NOTE_READ, "read"},
    {v1::INFO_NOTE_RECV, "recv"},
    {v1::INFO_NOTE_KP, "kp"},
    {v1::INFO_NOTE_CALL, "call"},
    {v1::INFO_NOTE_KPA, "kpa"},
    {v1::INFO_NOTE_KPV, "kpv"},
    {v1::INFO_NOTE_DATA, "data"},
    {v1::INFO_NOTE_REACT, "react"},
    {v1::INFO_NOTE_UNREACT, "unreact"},
    {v1::INFO_NOTE_SEARCH, "search"},
}};

constexpr std::array<Row<v1::CallEvent>, 7> kEvents = {{
    {v1::CALL_EVENT_ACCEPT, "accept"},
    {v1::CALL_EVENT_ANSWER, "answer"},
    {v1::CALL_EVENT_HANG_UP, "hang-up"},
    {v1::CALL_EVENT_ICE_CANDIDATE, "ice-candidate"},
    {v1::CALL_EVENT_INVITE, "invite"},
    {v1::CALL_EVENT_OFFER, "offer"},
    {v1::CALL_EVENT_RINGING, "ringing"},
}};

constexpr std::array<Row<v1::ClientDel::What>, 6> kDeletions = {{
    {v1::ClientDel::WHAT_MSG, "msg"},
    {v1::ClientDel::WHAT_TOPIC, "topic"},
    {v1::ClientDel::WHAT_SUB, "sub"},
    {v1::ClientDel::WHAT_USER, "user"},
    {v1::ClientDel::WHAT_CRED, "cred"},
    {v1::ClientDel::WHAT_SESSION, "session"},
}};

constexpr std::array<Row<v1::ServerPres::What>, 13> kPresences = {{
    {v1::ServerPres::WHAT_ON, "on"},
    {v1::ServerPres::WHAT_OFF, "off"},
    {v1::ServerPres::WHAT_UA, "ua"},
    {v1::ServerPres::WHAT_UPD, "upd"},
    {v1::ServerPres::WHAT_GONE, "gone"},
    {v1::ServerPres::WHAT_ACS, "acs"},
    {v1::ServerPres::WHAT_TERM, "term"},
    {v1::ServerPres::WHAT_MSG, "msg"},
    {v1::ServerPres::WHAT_READ, "read"},
    {v1::ServerPres::WHAT_RECV, "recv"},
    {v1::ServerPres::WHAT_DEL, "del"},
    {v1::ServerPres::WHAT_TAGS, "tags"},
    {v1::ServerPres::WHAT_AUX, "aux"},
}};

template <typename Rows, typename Enum>
std::string_view FindWord(const Rows& rows, Enum value) {
  for (const auto& row : rows) {
    if (row.value == value) return row.word;
  }
  return "";
}

template <typename Rows>
auto FindValue(const Rows& rows, std::string_view word) {
  using Enum = decltype(rows[0].value);
  for (const auto& row : rows) {
    if (row.word == word) return row.value;
  }
  return static_cast<Enum>(0);
}

}  // namespace

std::string_view WordOf(v1::InfoNote what) { return FindWord(kNotes, what); }
std::string_view WordOf(v1::CallEvent event) { return FindWord(kEvents, event); }
std::string_view WordOf(v1::ClientDel::What what) { return FindWord(kDeletions, what); }
std::string_view WordOf(v1::ServerPres::What what) { return FindWord(kPresences, what); }

v1::InfoNote InfoNoteOf(std::string_view word) { return FindValue(kNotes, word); }
v1::CallEvent CallEventOf(std::string_view word) { return FindValue(kEvents, word); }
v1::ClientDel::What DelWhatOf(std::string_view word) { return FindValue(kDeletions, word); }
v1::ServerPres::What PresWhatOf(std::string_view word) { return FindValue(kPresences, word); }

}  // namespace molva::wire
