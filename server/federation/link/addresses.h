// What getaddrinfo found.
#pragma once

#include <netdb.h>

#include <memory>

namespace molva::federation {

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

}  // namespace molva::federation
