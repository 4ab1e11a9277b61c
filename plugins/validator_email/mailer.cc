#include "mailer.h"

#include <curl/curl.h>

#include <array>
#include <ctime>
#include <memory>
#include <random>
#include <string_view>
#include <utility>

namespace molva::validator_email {
namespace {

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;
struct FreeMime {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
using Mime = std::unique_ptr<curl_mime, FreeMime>;

bool Append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return false;
  (void)list.release();
  list.reset(longer);
  return true;
}

bool IsAscii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

std::string Base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = i; j < i + 3; ++j) {
      group = group << 8 | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0u);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += i + j <= bytes.size() ? kDigits[group >> (18 - 6 * j) & 63] : '=';
    }
  }
  return text;
}

// `text` as words of a header: as it is, or as encoded words of RFC 2047, which are at most 75
// letters long and never break a letter of UTF-8.
std::string HeaderWords(std::string_view text) {
  if (IsAscii(text)) return std::string(text);
  constexpr std::size_t kMaxBytes = 42;
  std::string words;
  while (!text.empty()) {
    std::size_t size = std::min(kMaxBytes, text.size());
    while (size < text.size() && size > 1 &&
           (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) {
      --size;
    }
    words +=
        (words.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + Base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return words;
}

// The sender's name as a phrase of RFC 5322.
std::string Phrase(std::string_view name) {
  if (!IsAscii(name)) return HeaderWords(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string Date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  // strftime would speak the language of the process.
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d +0000",
                kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text.data();
}

std::string MessageId(std::string_view sender) {
  std::random_device device;
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%08x%08x%08x%08x", device(), device(), device(),
                device());
  return "<" + std::string(text.data()) + std::string(sender.substr(sender.find('@'))) + ">";
}

// With the line ends of the network; libcurl would write others as characters.
std::string NetworkLines(std::string_view text) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) lines += '\r';
    lines += text[i];
  }
  return lines;
}

bool AddPart(curl_mime* mime, const std::string& text, const char* type) {
  const std::string body = NetworkLines(text);
  curl_mimepart* part = curl_mime_addpart(mime);
  return part != nullptr && curl_mime_data(part, body.data(), body.size()) == CURLE_OK &&
         curl_mime_type(part, type) == CURLE_OK &&
         curl_mime_encoder(part, "quoted-printable") == CURLE_OK;
}

// The parts of one letter as libcurl wants them; they live as long as the transfer.
struct Parts {
  List recipients;
  List headers;
  Mime alternatives;  // goes over to `body`
  Mime body;
};

bool Build(CURL* easy, const MailerOptions& options, const std::string& to, const Rendered& letter,
           Parts& parts) {
  const std::string from = options.sender_name.empty()
                               ? options.sender
                               : Phrase(options.sender_name) + " <" + options.sender + ">";
  bool is_built = Append(parts.recipients, "<" + to + ">");
  for (const std::string& header :
       {"From: " + from, "To: <" + to + ">", "Subject: " + HeaderWords(letter.subject),
        "Date: " + Date(), "Message-ID: " + MessageId(options.sender),
        std::string("Auto-Submitted: auto-generated")}) {
    is_built = is_built && Append(parts.headers, header);
  }
  parts.alternatives.reset(curl_mime_init(easy));
  is_built = is_built && parts.alternatives != nullptr &&
             AddPart(parts.alternatives.get(), letter.text, "text/plain; charset=utf-8");
  if (!letter.html.empty()) {
    is_built =
        is_built && AddPart(parts.alternatives.get(), letter.html, "text/html; charset=utf-8");
  }
  parts.body.reset(curl_mime_init(easy));
  if (!is_built || parts.body == nullptr) return false;
  curl_mimepart* whole = curl_mime_addpart(parts.body.get());
  if (whole == nullptr || curl_mime_subparts(whole, parts.alternatives.get()) != CURLE_OK) {
    return false;
  }
  (void)parts.alternatives.release();  // the part owns it now
  return curl_mime_type(whole, "multipart/alternative") == CURLE_OK;
}

void SetServer(CURL* easy, const MailerOptions& options) {
  const std::string scheme = options.security == Security::kTls ? "smtps" : "smtp";
  const std::string url = scheme + "://" + options.host + ":" + std::to_string(options.port) +
                          (options.greeting_name.empty() ? "" : "/" + options.greeting_name);
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, static_cast<long>(options.timeout_seconds));
  long use_ssl = CURLUSESSL_ALL;
  if (options.security == Security::kOff) use_ssl = CURLUSESSL_NONE;
  if (options.security == Security::kStartTlsOffered) use_ssl = CURLUSESSL_TRY;
  curl_easy_setopt(easy, CURLOPT_USE_SSL, use_ssl);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  if (options.login.empty()) return;
  curl_easy_setopt(easy, CURLOPT_USERNAME, options.login.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, options.password.c_str());
  if (!options.auth.empty()) {
    curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS,
                     options.auth == "plain" ? "AUTH=PLAIN" : "AUTH=LOGIN");
  }
}

Outcome Explain(CURL* easy, CURLcode code) {
  long reply = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply);
  // A login that fails is for the operator to mend: the letter may be sent later.
  const bool is_refused =
      reply >= 500 && reply <= 599 && code != CURLE_LOGIN_DENIED && code != CURLE_USE_SSL_FAILED;
  std::string why = std::string("the mail server does not take the letter: ") +
                    curl_easy_strerror(code) + " (reply " + std::to_string(reply) + ")";
  return {is_refused ? MOLVA_POLICY : MOLVA_UNAVAILABLE, std::move(why)};
}

}  // namespace

Outcome Mailer::Open(MailerOptions options) {
  options_ = std::move(options);
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return {MOLVA_INTERNAL, "libcurl does not start"};
  }
  return Done();
}

Outcome Mailer::Send(const std::string& to, const Rendered& letter) const {
  const Easy easy(curl_easy_init());
  Parts parts;
  if (easy == nullptr || !Build(easy.get(), options_, to, letter, parts)) {
    return {MOLVA_UNAVAILABLE, "not enough memory for a letter"};
  }
  SetServer(easy.get(), options_);
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_FROM, ("<" + options_.sender + ">").c_str());
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, parts.recipients.get());
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, parts.headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_MIMEPOST, parts.body.get());
  const CURLcode code = curl_easy_perform(easy.get());
  return code == CURLE_OK ? Done() : Explain(easy.get(), code);
}

}  // namespace molva::validator_email
