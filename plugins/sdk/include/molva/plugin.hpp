// C++ comfort over plugin.h, for authors of plugins: views, sinks, and a wall for exceptions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "molva/plugin.h"

namespace molva::sdk {

inline std::string_view View(molva_text text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}
inline std::string Copy(molva_text text) { return std::string(View(text)); }
// Borrows `text`, which must outlive the result.
inline molva_text Text(std::string_view text) { return {text.data(), text.size()}; }

// Runs `body` and lets no exception cross into the host.
template <typename Body>
molva_code Guarded(Body body) noexcept {
  try {
    return body();
  } catch (...) {
    return MOLVA_INTERNAL;
  }
}

// The same for functions that return nothing; `on_exception` must not throw.
template <typename Body, typename OnException>
void GuardedVoid(Body body, OnException on_exception) noexcept {
  try {
    body();
  } catch (...) {
    on_exception();
  }
}

// Puts `text` into a sink of the other side; NULL takes nothing.
inline void Put(const molva_sink* sink, std::string_view text) {
  if (sink != nullptr) sink->put(sink->context, Text(text));
}

// How something ended: the code that crosses the border, and why, for the log.
struct [[nodiscard]] Outcome {
  molva_code code = MOLVA_OK;
  std::string why;

  bool ok() const { return code == MOLVA_OK; }
};
inline Outcome Done() { return {}; }

// Runs `body`, which returns an Outcome, behind the wall of Guarded; its reason goes into `why`.
template <typename Body>
molva_code GuardedOutcome(const molva_sink* why, Body body) noexcept {
  return Guarded([&]() -> molva_code {
    const Outcome outcome = body();
    if (!outcome.ok()) Put(why, outcome.why);
    return outcome.code;
  });
}

// Collects what a callee puts, on the caller's side. `limit_bytes` bounds the sum; what goes
// beyond is dropped and overflowed() says so.
class Collector {
 public:
  explicit Collector(std::size_t limit_bytes = 65536)
      : limit_bytes_(limit_bytes), sink_{this, &Collector::Put} {}
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  const molva_sink* sink() const { return &sink_; }
  const std::vector<std::string>& texts() const { return texts_; }
  bool overflowed() const { return overflowed_; }
  // The first text; empty if there is none.
  std::string First() const { return texts_.empty() ? std::string() : texts_.front(); }

 private:
  static void Put(void* context, molva_text text) {
    Collector& self = *static_cast<Collector*>(context);
    if (text.size > self.limit_bytes_ - self.held_bytes_) {
      self.overflowed_ = true;
      return;
    }
    self.held_bytes_ += text.size;
    self.texts_.emplace_back(View(text));
  }

  const std::size_t limit_bytes_;
  std::size_t held_bytes_ = 0;
  bool overflowed_ = false;
  std::vector<std::string> texts_;
  molva_sink sink_;
};

// The log of the host.
class Logger {
 public:
  explicit Logger(const molva_host* host) : host_(host) {}
  void Debug(std::string_view sentence) const { Write(MOLVA_LOG_DEBUG, sentence); }
  void Info(std::string_view sentence) const { Write(MOLVA_LOG_INFO, sentence); }
  void Warning(std::string_view sentence) const { Write(MOLVA_LOG_WARNING, sentence); }
  void Error(std::string_view sentence) const { Write(MOLVA_LOG_ERROR, sentence); }

 private:
  void Write(molva_log_level level, std::string_view sentence) const {
    host_->log(host_->context, level, Text(sentence));
  }
  const molva_host* host_;
};

// An API struct with its size filled in and everything else zero.
template <typename Struct>
Struct Sized() {
  Struct value{};
  value.struct_size = sizeof(Struct);
  return value;
}

// The table that molva_plugin_v1 returns, for the headers this plugin was compiled with. One that
// is made by this says nothing of its settings.
inline constexpr molva_plugin DescribePlugin(molva_kind kind, const char* name, const char* version,
                                             const void* api) {
  return {MOLVA_PLUGIN_MAGIC,
          sizeof(molva_plugin),
          MOLVA_ABI_MAJOR,
          MOLVA_ABI_MINOR,
          kind,
          name,
          version,
          api,
          nullptr,
          0,
          nullptr};
}

// What stands for the rows of a plugin without settings.
inline constexpr molva_setting kNoSetting{};

// The same with the settings, rows of declare.hpp in a table of static life, and the licence as
// SPDX writes it.
template <std::size_t kCount>
constexpr molva_plugin DescribePlugin(molva_kind kind, const char* name, const char* version,
                                      const void* api,
                                      const std::array<molva_setting, kCount>& settings,
                                      const char* licence) {
  molva_plugin table = DescribePlugin(kind, name, version, api);
  table.settings = kCount == 0 ? &kNoSetting : settings.data();
  table.setting_count = kCount;
  table.licence = licence;
  return table;
}

}  // namespace molva::sdk

// Returns from the function with the Outcome of `expr` unless that is OK.
#define MOLVA_RETURN_UNLESS_OK(expr)                                         \
  do {                                                                       \
    if (::molva::sdk::Outcome molva_outcome = (expr); !molva_outcome.ok()) { \
      return molva_outcome;                                                  \
    }                                                                        \
  } while (false)
