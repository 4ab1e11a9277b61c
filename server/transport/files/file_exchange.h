// One request about files and its answer, apart from the socket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "transport/http/http_service.h"

namespace molva::transport {

// The connection, as an exchange sees it. Calls may come from inside of each other.
//
// Thread: the shard's.
class FileClient {
 public:
  virtual ~FileClient() = default;
  // The whole answer: the exchange is over. A body of `response.streamed_bytes` is sent with Send.
  virtual void Answer(const HttpResponse& response) = 0;
  // Bytes of a body that was announced. OnDrained follows when the client has taken most of them.
  virtual void Send(std::string bytes) = 0;
  // The body that was announced will not be whole.
  virtual void Break() = 0;
  // The body of the request is wanted, from now on or again.
  virtual void ReadBody() = 0;
};

// Thread: the shard's. Shared by the connection and by what is waited for; after OnGone it asks
// nothing of the client.
class FileExchange {
 public:
  virtual ~FileExchange() = default;
  virtual void Start(FileClient& client) = 0;
  // Whether more of the body may come now.
  virtual bool WantsBody() const = 0;
  virtual void OnBody(std::string_view bytes) = 0;
  virtual void OnBodyEnd() = 0;
  virtual void OnDrained() = 0;
  // The connection is gone.
  virtual void OnGone() = 0;
};

}  // namespace molva::transport
