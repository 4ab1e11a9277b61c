#include "base/random.h"

#include <sys/random.h>

#include <cerrno>

#include "base/check.h"

namespace molva::base {

void SystemRandom::Fill(void* out, std::size_t size_bytes) {
  auto* at = static_cast<unsigned char*>(out);
  while (size_bytes > 0) {
    const ssize_t got = ::getrandom(at, size_bytes, 0);
    if (got < 0 && errno == EINTR) continue;
    MOLVA_CHECK(got > 0, "the kernel's random generator is unavailable");
    at += got;
    size_bytes -= static_cast<std::size_t>(got);
  }
}

}  // namespace molva::base
