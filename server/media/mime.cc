#include "media/mime.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace molva::media {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kBytes = "application/octet-stream";
constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::size_t kMaxTypeBytes = 100;

// `pattern` at the start; '?' stands for any byte.
struct Signature {
  std::string_view pattern;
  std::string_view mime;
};

constexpr Signature kSignatures[] = {
    {"%PDF-"sv, "application/pdf"},
    {"%!PS-Adobe-"sv, "application/postscript"},
    {"\x00\x00\x01\x00"sv, "image/x-icon"},
    {"\x00\x00\x02\x00"sv, "image/x-icon"},
    {"BM"sv, "image/bmp"},
    {"GIF87a"sv, "image/gif"},
    {"GIF89a"sv, "image/gif"},
    {"RIFF????WEBPVP"sv, "image/webp"},
    {"\x89PNG\x0D\x0A\x1A\x0A"sv, "image/png"},
    {"\xFF\xD8\xFF"sv, "image/jpeg"},
    {".snd"sv, "audio/basic"},
    {"FORM????AIFF"sv, "audio/aiff"},
    {"ID3"sv, "audio/mpeg"},
    {"OggS\x00"sv, "application/ogg"},
    {"MThd\x00\x00\x00\x06"sv, "audio/midi"},
    {"RIFF????AVI "sv, "video/avi"},
    {"RIFF????WAVE"sv, "audio/wave"},
    {"\x1A\x45\xDF\xA3"sv, "video/webm"},
    {"\x00\x01\x00\x00"sv, "font/ttf"},
    {"OTTO"sv, "font/otf"},
    {"ttcf"sv, "font/collection"},
    {"wOFF"sv, "font/woff"},
    {"wOF2"sv, "font/woff2"},
    {"\x1F\x8B\x08"sv, "application/x-gzip"},
    {"PK\x03\x04"sv, "application/zip"},
    {"Rar!\x1A\x07\x00"sv, "application/x-rar-compressed"},
    {"Rar!\x1A\x07\x01\x00"sv, "application/x-rar-compressed"},
    {"\x00\x61\x73\x6D"sv, "application/wasm"},
};

// Behind the tag comes a blank or '>'.
constexpr std::string_view kHtmlTags[] = {
    "<!doctype html", "<html", "<head",  "<script", "<iframe", "<h1",   "<div", "<font",
    "<table",         "<a",    "<style", "<title",  "<b",      "<body", "<br",  "<p",
    "<!--",           "<svg",
};

// What makes a page or a script of bytes that are an image to others.
constexpr std::string_view kMarkup[] = {"<script", "<html", "<!doctype",  "<svg",
                                        "<iframe", "<body", "javascript:"};

bool Matches(std::string_view start, std::string_view pattern) {
  return start.size() >= pattern.size() &&
         std::equal(pattern.begin(), pattern.end(), start.begin(),
                    [](char wanted, char found) { return wanted == '?' || wanted == found; });
}

bool IsHtml(std::string_view lower) {
  return std::any_of(std::begin(kHtmlTags), std::end(kHtmlTags), [lower](std::string_view tag) {
    if (!lower.starts_with(tag)) return false;
    if (tag == "<!--") return true;
    return lower.size() > tag.size() &&
           (lower[tag.size()] == '>' || lower[tag.size()] == ' ' || lower[tag.size()] == '\n' ||
            lower[tag.size()] == '\t' || lower[tag.size()] == '\r' || lower[tag.size()] == '/');
  });
}

// The box "ftyp" with a brand that begins with "mp4" (WHATWG MIME sniffing §6.2.1).
bool IsMp4(std::string_view start) {
  if (start.size() < 12 || start.substr(4, 4) != "ftyp") return false;
  std::size_t box = 0;
  for (int i = 0; i < 4; ++i) box = box * 256 + static_cast<unsigned char>(start[i]);
  if (box % 4 != 0 || start.size() < box) return start.substr(8, 3) == "mp4";
  for (std::size_t at = 8; at + 4 <= box; at += 4) {
    if (at != 12 && start.substr(at, 3) == "mp4") return true;
  }
  return false;
}

bool IsBinary(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x08 || byte == 0x0B || (byte >= 0x0E && byte <= 0x1A) ||
         (byte >= 0x1C && byte <= 0x1F);
}

bool IsPrintable(char c) { return c >= 0x20 && c < 0x7F; }

bool IsShownInline(std::string_view mime) {
  return mime.starts_with("image/") || mime.starts_with("audio/") || mime.starts_with("video/");
}

// What claims to be an image, and is something else too.
bool IsPolyglot(std::string_view start, std::string_view lower) {
  // A script that begins with the name "GIF89a": as an image it would be over 8,000 dots wide.
  if (start.starts_with("GIF8") && start.size() >= 8 && IsPrintable(start[6]) &&
      IsPrintable(start[7])) {
    return true;
  }
  // The same with "BM", which is too short to be sure of: the size of a bitmap has a zero byte.
  if (start.starts_with("BM") &&
      std::all_of(start.begin(), start.begin() + std::min<std::ptrdiff_t>(16, std::ssize(start)),
                  IsPrintable)) {
    return true;
  }
  return std::any_of(std::begin(kMarkup), std::end(kMarkup), [lower](std::string_view markup) {
    return lower.find(markup) != std::string_view::npos;
  });
}

std::string_view Sniff(std::string_view start) {
  const std::size_t text_at = std::min(start.find_first_not_of("\t\n\x0C\r "), start.size());
  const std::string lower = base::AsciiLower(start);
  const std::string_view text = std::string_view(lower).substr(text_at);
  if (IsHtml(text)) return "text/html; charset=utf-8";
  if (text.starts_with("<?xml")) return "text/xml; charset=utf-8";
  if (start.starts_with("\xEF\xBB\xBF") || start.starts_with("\xFE\xFF") ||
      start.starts_with("\xFF\xFE")) {
    return kPlainText;
  }
  for (const Signature& signature : kSignatures) {
    if (!Matches(start, signature.pattern)) continue;
    return IsShownInline(signature.mime) && IsPolyglot(start, lower) ? kBytes : signature.mime;
  }
  if (IsMp4(start)) return IsPolyglot(start, lower) ? kBytes : "video/mp4";
  return std::any_of(start.begin(), start.end(), IsBinary) || start.empty() ? kBytes : kPlainText;
}

bool IsTypeLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '+' ||
         c == '-' || c == '_';
}

// The type without parameters, if it is one that a sender may name.
std::string Declared(std::string_view text) {
  const std::string mime = base::AsciiLower(base::TrimAscii(text.substr(0, text.find(';'))));
  constexpr std::string_view kFamilies[] = {"application/", "audio/", "font/",
                                            "image/",       "text/",  "video/"};
  const bool is_known =
      std::any_of(std::begin(kFamilies), std::end(kFamilies), [&mime](std::string_view family) {
        return mime.starts_with(family) && mime.size() > family.size();
      });
  const bool is_type = mime.size() <= kMaxTypeBytes &&
                       std::count(mime.begin(), mime.end(), '/') == 1 &&
                       std::all_of(mime.begin(), mime.end(), IsTypeLetter);
  return is_known && is_type ? mime : std::string(kBytes);
}

}  // namespace

std::string DecideMime(std::string_view start, std::string_view declared) {
  start = start.substr(0, kSniffedBytes);
  const std::string_view sniffed = Sniff(start);
  if (sniffed != kBytes) return std::string(sniffed);
  std::string mime = Declared(declared);
  // Bytes that were taken for something are not what somebody says.
  return IsShownInline(mime) && IsPolyglot(start, base::AsciiLower(start)) ? std::string(kBytes)
                                                                           : mime;
}

Disposition DispositionOf(std::string_view mime) {
  const bool has_markup =
      mime.find("html") != std::string_view::npos || mime.find("xml") != std::string_view::npos;
  return IsShownInline(mime) && !has_markup ? Disposition::kInline : Disposition::kAttachment;
}

std::string_view ExtensionOf(std::string_view mime) {
  struct Ending {
    std::string_view mime;
    std::string_view extension;
  };
  constexpr Ending kEndings[] = {
      {"application/gzip", ".gz"}, {"application/json", ".json"}, {"application/ogg", ".ogg"},
      {"application/pdf", ".pdf"}, {"application/x-gzip", ".gz"}, {"application/zip", ".zip"},
      {"audio/aac", ".aac"},       {"audio/aiff", ".aiff"},       {"audio/basic", ".au"},
      {"audio/flac", ".flac"},     {"audio/midi", ".mid"},        {"audio/mp4", ".m4a"},
      {"audio/mpeg", ".mp3"},      {"audio/ogg", ".ogg"},         {"audio/wave", ".wav"},
      {"audio/webm", ".weba"},     {"image/bmp", ".bmp"},         {"image/gif", ".gif"},
      {"image/jpeg", ".jpg"},      {"image/png", ".png"},         {"image/svg+xml", ".svg"},
      {"image/webp", ".webp"},     {"image/x-icon", ".ico"},      {"text/html", ".html"},
      {"text/plain", ".txt"},      {"text/xml", ".xml"},          {"video/avi", ".avi"},
      {"video/mp4", ".mp4"},       {"video/quicktime", ".mov"},   {"video/webm", ".webm"},
  };
  const std::string_view essence = mime.substr(0, mime.find(';'));
  for (const Ending& ending : kEndings) {
    if (ending.mime == essence) return ending.extension;
  }
  return {};
}

}  // namespace molva::media
