// What a packet from a client may cost, in either encoding.
#pragma once

#include <cstddef>

namespace molva::wire {

struct DecodeLimits {
  std::size_t max_packet_bytes = 512 * 1024;
  int max_depth = 32;  // nesting of objects and arrays, the packet itself being 1
};

}  // namespace molva::wire
