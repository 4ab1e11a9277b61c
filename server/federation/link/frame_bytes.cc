#include "federation/link/frame_bytes.h"

#include <grpcpp/support/slice.h>

#include <memory>
#include <utility>
#include <vector>

namespace molva::federation {

grpc::ByteBuffer ToByteBuffer(std::string frame) {
  auto holder = std::make_unique<std::string>(std::move(frame));
  const auto release = [](void* held) {
    std::unique_ptr<std::string>(static_cast<std::string*>(held));
  };
  std::string* const text = holder.release();
  const grpc::Slice slice(text->data(), text->size(), release, text);
  return grpc::ByteBuffer(&slice, 1);
}

std::optional<std::string> ToText(const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> slices;
  if (!bytes.Dump(&slices).ok()) return std::nullopt;
  std::string text;
  text.reserve(bytes.Length());
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

}  // namespace molva::federation
