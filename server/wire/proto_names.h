// The words that protobuf writes as enumerators, both ways. Private to server/wire.
#pragma once

#include <molva/v1/replies.pb.h>
#include <molva/v1/requests.pb.h>

#include <string_view>

namespace molva::wire {

// To words: "" for the unspecified and unknown enumerators.
std::string_view WordOf(molva::v1::InfoNote what);
std::string_view WordOf(molva::v1::CallEvent event);
std::string_view WordOf(molva::v1::ClientDel::What what);
std::string_view WordOf(molva::v1::ServerPres::What what);

// From words: unspecified for words without an enumerator.
molva::v1::InfoNote InfoNoteOf(std::string_view word);
molva::v1::CallEvent CallEventOf(std::string_view word);
molva::v1::ClientDel::What DelWhatOf(std::string_view word);
molva::v1::ServerPres::What PresWhatOf(std::string_view word);

}  // namespace molva::wire
