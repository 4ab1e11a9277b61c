// Frames as gRPC carries them. Private to server/federation/link.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <optional>
#include <string>

namespace molva::federation {

// Keeps the text's memory: nothing is copied.
grpc::ByteBuffer ToByteBuffer(std::string frame);
// nullopt if the bytes cannot be read (they were compressed, and badly).
std::optional<std::string> ToText(const grpc::ByteBuffer& bytes);

}  // namespace molva::federation
