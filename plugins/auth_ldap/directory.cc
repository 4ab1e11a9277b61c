#include "directory.h"

#include <ldap.h>
#include <simdjson.h>
#include <sys/time.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "filter.h"
#include "watchdog.h"

namespace molva::auth_ldap {
namespace {

// Connection, the node's login, search, login.
constexpr int kSteps = 4;
constexpr std::size_t kMaxTags = 16;
constexpr std::size_t kMaxTagBytes = 96;
constexpr std::size_t kMaxNameBytes = 256;
// More than one entry is as bad as none.
constexpr int kMaxEntries = 2;

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

sdk::Outcome Unavailable(const char* step, int error) {
  return {MOLVA_UNAVAILABLE, std::string(step) + ": " + ldap_err2string(error)};
}

// Text that may be shown to people.
bool IsCalm(std::string_view text, std::size_t most_bytes) {
  return !text.empty() && text.size() <= most_bytes &&
         simdjson::validate_utf8(text.data(), text.size()) &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace

// One conversation with the directory; ends with the object.
class Directory::Connection {
 public:
  explicit Connection(const Options& options)
      : watchdog_(std::chrono::seconds(kSteps * options.timeout_seconds)) {}
  ~Connection() {
    watchdog_.Forget();
    if (ldap_ != nullptr) ldap_unbind_ext_s(ldap_, nullptr, nullptr);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  LDAP* get() const { return ldap_; }

  sdk::Outcome Open(const Options& options) {
    if (const int error = ldap_initialize(&ldap_, options.url.c_str()); error != LDAP_SUCCESS) {
      return Unavailable("the address", error);
    }
    const int version = LDAP_VERSION3;
    const timeval patience{options.timeout_seconds, 0};
    const int demand = LDAP_OPT_X_TLS_DEMAND;
    const int is_server = 0;
    bool is_set =
        Set(LDAP_OPT_PROTOCOL_VERSION, &version) && Set(LDAP_OPT_REFERRALS, LDAP_OPT_OFF) &&
        Set(LDAP_OPT_NETWORK_TIMEOUT, &patience) && Set(LDAP_OPT_TIMEOUT, &patience) &&
        Set(LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) && Set(LDAP_OPT_CONNECT_CB, &callbacks_);
    if (!options.ca_file.empty()) {
      is_set = is_set && Set(LDAP_OPT_X_TLS_CACERTFILE, options.ca_file.c_str());
    }
    // Without it the settings of TLS above would be those of nobody.
    is_set = is_set && Set(LDAP_OPT_X_TLS_NEWCTX, &is_server);
    if (!is_set) return {MOLVA_UNAVAILABLE, "the settings of TLS are not taken"};
    if (options.security != Options::Security::kStartTls) return sdk::Done();
    const int error = ldap_start_tls_s(ldap_, nullptr, nullptr);
    return error == LDAP_SUCCESS ? sdk::Done() : Unavailable("StartTLS", error);
  }

  // An LDAP result code.
  int Bind(const std::string& dn, std::string_view password) {
    std::string copy(password);
    berval credentials{copy.size(), copy.data()};
    return ldap_sasl_bind_s(ldap_, dn.c_str(), LDAP_SASL_SIMPLE, &credentials, nullptr, nullptr,
                            nullptr);
  }

 private:
  bool Set(int option, const void* value) {
    return ldap_set_option(ldap_, option, value) == LDAP_OPT_SUCCESS;
  }

  static int OnConnected(LDAP*, Sockbuf* buffer, LDAPURLDesc*, sockaddr*, ldap_conncb* context) {
    ber_socket_t socket = -1;
    if (ber_sockbuf_ctrl(buffer, LBER_SB_OPT_GET_FD, &socket) == 1) {
      static_cast<Watchdog*>(context->lc_arg)->Watch(socket);
    }
    return 0;
  }
  static void OnClosed(LDAP*, Sockbuf*, ldap_conncb* context) {
    static_cast<Watchdog*>(context->lc_arg)->Forget();
  }

  Watchdog watchdog_;
  ldap_conncb callbacks_{OnConnected, OnClosed, &watchdog_};
  LDAP* ldap_ = nullptr;
};

// Somebody whom a search has found; nobody without a name.
struct Directory::Entry {
  std::string dn;
  Person person;
};

namespace {

struct FreeMessage {
  void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
};
using MessagePtr = std::unique_ptr<LDAPMessage, FreeMessage>;

std::vector<std::string> ValuesOf(LDAP* ldap, LDAPMessage* entry, const std::string& attribute) {
  std::vector<std::string> texts;
  berval** values = ldap_get_values_len(ldap, entry, attribute.c_str());
  if (values == nullptr) return texts;
  for (berval** value = values; *value != nullptr; ++value) {
    texts.emplace_back((*value)->bv_val, (*value)->bv_len);
  }
  ldap_value_free_len(values);
  return texts;
}

Person ReadPerson(LDAP* ldap, LDAPMessage* entry, const Options& options) {
  Person person;
  if (!options.name_attribute.empty()) {
    const auto names = ValuesOf(ldap, entry, options.name_attribute);
    if (!names.empty() && IsCalm(names.front(), kMaxNameBytes)) person.name = names.front();
  }
  for (const auto& [space, attribute] : options.tags) {
    for (const std::string& value : ValuesOf(ldap, entry, attribute)) {
      std::string tag = space + ":" + Lower(value);
      if (person.tags.size() < kMaxTags && IsCalm(tag, kMaxTagBytes)) {
        person.tags.push_back(std::move(tag));
      }
    }
  }
  return person;
}

// The library wants names that it may write to, and does not.
std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

sdk::Outcome Directory::Find(Connection& connection, std::string_view login, Entry* entry) const {
  const std::string mine = "(" + options_.attribute + "=" + EscapeFilter(login) + ")";
  const std::string filter = options_.filter.empty() ? mine : "(&" + options_.filter + mine + ")";
  std::vector<std::string> wanted{options_.attribute};
  if (!options_.name_attribute.empty()) wanted.push_back(options_.name_attribute);
  for (const auto& [space, attribute] : options_.tags) wanted.push_back(attribute);
  std::vector<char*> names = Pointers(wanted);
  timeval patience{options_.timeout_seconds, 0};
  LDAPMessage* raw = nullptr;
  LDAP* ldap = connection.get();
  const int error =
      ldap_search_ext_s(ldap, options_.base.c_str(), LDAP_SCOPE_SUBTREE, filter.c_str(),
                        names.data(), 0, nullptr, nullptr, &patience, kMaxEntries, &raw);
  const MessagePtr found(raw);
  if (error == LDAP_SIZELIMIT_EXCEEDED) return sdk::Done();
  if (error != LDAP_SUCCESS) return Unavailable("the search", error);
  if (ldap_count_entries(ldap, found.get()) != 1) return sdk::Done();
  LDAPMessage* first = ldap_first_entry(ldap, found.get());
  // A directory passes over differences that would make one person two accounts here.
  const std::vector<std::string> logins = ValuesOf(ldap, first, options_.attribute);
  const bool is_same = std::any_of(logins.begin(), logins.end(),
                                   [login](const std::string& one) { return Lower(one) == login; });
  char* dn = ldap_get_dn(ldap, first);
  if (dn == nullptr) return {MOLVA_UNAVAILABLE, "an entry without a name"};
  if (is_same) entry->dn = dn;
  ldap_memfree(dn);
  entry->person = ReadPerson(ldap, first, options_);
  return sdk::Done();
}

sdk::Outcome Directory::Ask(std::string_view login, std::string_view password,
                            Person* person) const {
  Connection connection(options_);
  MOLVA_RETURN_UNLESS_OK(connection.Open(options_));
  if (const int error = connection.Bind(options_.bind_dn, options_.bind_password);
      error != LDAP_SUCCESS) {
    return Unavailable("the login of the node itself", error);
  }
  Entry entry;
  MOLVA_RETURN_UNLESS_OK(Find(connection, login, &entry));
  // Nobody's password is tried too, so that time does not tell who is there.
  const bool is_known = !entry.dn.empty();
  const int error = connection.Bind(
      is_known ? entry.dn : options_.attribute + "=nobody," + options_.base, password);
  if (!is_known || error == LDAP_INVALID_CREDENTIALS || error == LDAP_INAPPROPRIATE_AUTH ||
      error == LDAP_UNWILLING_TO_PERFORM || error == LDAP_NO_SUCH_OBJECT) {
    return {MOLVA_DENIED, "the directory says no"};
  }
  if (error != LDAP_SUCCESS) return Unavailable("the login", error);
  *person = std::move(entry.person);
  return sdk::Done();
}

}  // namespace molva::auth_ldap
