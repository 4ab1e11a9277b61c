// People whom a scheme knows and the server does not yet: who makes their accounts.
#pragma once

#include <string>
#include <vector>

#include "model/raw_json.h"
#include "model/request.h"
#include "model/user_id.h"
#include "store/store.h"

namespace molva::auth {

// What a scheme says of somebody who has no account here.
struct Newcomer {
  model::AuthLevel level = model::AuthLevel::kAuth;
  model::DefaultAccessText access;
  model::RawJson public_card;
  model::RawJson trusted;
  model::RawJson private_note;
  std::vector<std::string> tags;
};

// Implemented by the session layer. Thread: the shard of the authenticator that asks.
class Newcomers {
 public:
  virtual ~Newcomers() = default;

  // Makes an account; when `done` is called, it is on the disk.
  // Errors: kPermissionDenied for a reserved tag; those of the store.
  virtual void Begin(const Newcomer& newcomer, store::Done<model::UserId> done) = 0;
  // The scheme would not have it after all.
  virtual void Undo(model::UserId user) = 0;
};

}  // namespace molva::auth
