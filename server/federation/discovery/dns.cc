#include "federation/discovery/dns.h"

#include <absl/time/clock.h>
#include <fmt/core.h>
#include <poll.h>
#include <unbound.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "base/check.h"
#include "base/status_macros.h"
#include "federation/discovery/dns_records.h"

namespace molva::federation {
namespace {

constexpr int kTypeTxt = 16;
constexpr int kTypeSrv = 33;
constexpr int kClassInternet = 1;

// Where name servers of strangers must not lead us. Source: as address_rules.cc.
constexpr std::array<const char*, 10> kPrivateBlocks = {
    "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.168.0.0/16", "198.18.0.0/15", "::1/128",     "fc00::/7",       "fe80::/10"};

struct FreeContext {
  void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};
using Context = std::unique_ptr<ub_ctx, FreeContext>;

absl::Status Check(int code) {
  if (code == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("resolver: {}", ub_strerror(code)));
}

absl::Status SetAddresses(ub_ctx* context, const DnsOptions& options) {
  if (!options.resolver.empty() || options.addresses == AddressRule::kAnywhere) {
    return Check(ub_ctx_set_option(context, "do-not-query-localhost:", "no"));
  }
  for (const char* block : kPrivateBlocks) {
    MOLVA_RETURN_IF_ERROR(Check(ub_ctx_set_option(context, "do-not-query-address:", block)));
  }
  return absl::OkStatus();
}

absl::Status SetResolver(ub_ctx* context, const std::string& resolver) {
  if (resolver.empty()) return absl::OkStatus();
  if (resolver == "system") return Check(ub_ctx_resolvconf(context, nullptr));
  return Check(ub_ctx_set_fwd(context, resolver.c_str()));
}

// A context of its own for each lookup: they are rare (what was found is cached above), and so
// another trust anchor holds at once and nothing outlives the timeout.
absl::StatusOr<Context> MakeContext(const DnsOptions& options) {
  Context context(ub_ctx_create());
  MOLVA_CHECK(context != nullptr, "out of memory");
  MOLVA_RETURN_IF_ERROR(Check(ub_ctx_async(context.get(), 1)));  // a thread, no process
  MOLVA_RETURN_IF_ERROR(SetAddresses(context.get(), options));
  MOLVA_RETURN_IF_ERROR(SetResolver(context.get(), options.resolver));
  if (::access(options.trust_anchor.c_str(), R_OK) == 0) {
    MOLVA_RETURN_IF_ERROR(Check(ub_ctx_add_ta_file(context.get(), options.trust_anchor.c_str())));
  }
  return context;
}

// One question under way.
struct Question {
  absl::StatusOr<DnsAnswer> answer = absl::UnavailableError("DNS does not answer in time");
  bool is_done = false;
};

absl::StatusOr<DnsAnswer> Read(int error, const ub_result* result) {
  if (error != 0 || result == nullptr) {
    return absl::UnavailableError(fmt::format("resolver: {}", ub_strerror(error)));
  }
  if (result->bogus != 0) {
    return absl::UnavailableError(fmt::format(
        "DNSSEC refuses the answer: {}", result->why_bogus == nullptr ? "" : result->why_bogus));
  }
  constexpr int kNoError = 0;
  constexpr int kNoSuchDomain = 3;
  if (result->rcode != kNoError && result->rcode != kNoSuchDomain) {
    return absl::UnavailableError(fmt::format("DNS answers with code {}", result->rcode));
  }
  DnsAnswer answer;
  answer.is_secure = result->secure != 0;
  for (int i = 0; result->havedata != 0 && result->data[i] != nullptr; ++i) {
    answer.records.emplace_back(result->data[i], static_cast<std::size_t>(result->len[i]));
  }
  return answer;
}

void TakeResult(void* context, int error, ub_result* result) {
  auto& question = *static_cast<Question*>(context);
  question.answer = Read(error, result);
  question.is_done = true;
  ub_resolve_free(result);
}

absl::Status Start(ub_ctx* context, const std::string& name, int type, Question& question) {
  return Check(ub_resolve_async(context, name.c_str(), type, kClassInternet, &question, TakeResult,
                                nullptr));
}

// Lets the answers come in until both are there or the time is over.
absl::Status Wait(ub_ctx* context, const Question& one, const Question& other,
                  absl::Time deadline) {
  while (!one.is_done || !other.is_done) {
    const std::int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
    if (left <= 0) break;
    pollfd descriptor{ub_fd(context), POLLIN, 0};
    const int ready = ::poll(&descriptor, 1, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return absl::UnavailableError("the resolver cannot be polled");
    if (ready > 0) MOLVA_RETURN_IF_ERROR(Check(ub_process(context)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SourceAnswer> AskDns(const DnsOptions& options, const std::string& domain) {
  const absl::Time deadline = absl::Now() + options.timeout;
  Question services;
  Question texts;
  // Below the questions: what is left when it goes would still point to them.
  MOLVA_ASSIGN_OR_RETURN(const Context context, MakeContext(options));
  MOLVA_RETURN_IF_ERROR(
      Start(context.get(), fmt::format("_molva-fed._tcp.{}", domain), kTypeSrv, services));
  MOLVA_RETURN_IF_ERROR(
      Start(context.get(), fmt::format("_molva-fed.{}", domain), kTypeTxt, texts));
  MOLVA_RETURN_IF_ERROR(Wait(context.get(), services, texts, deadline));
  MOLVA_RETURN_IF_ERROR(services.answer.status());
  MOLVA_RETURN_IF_ERROR(texts.answer.status());
  return CombineDns(domain, *services.answer, *texts.answer);
}

}  // namespace molva::federation
