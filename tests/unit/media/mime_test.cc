#include "media/mime.h"

#include "tests/support/catch.h"

namespace molva::media {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kBytes = "application/octet-stream";

TEST_CASE("the bytes say what a file is") {
  CHECK(DecideMime("\x89PNG\r\n\x1a\n\x00\x01"sv, "text/html") == "image/png");
  CHECK(DecideMime("\xFF\xD8\xFF\xE0"sv, "") == "image/jpeg");
  CHECK(DecideMime("GIF89a\x01\x00\x01\x00"sv, "") == "image/gif");
  CHECK(DecideMime("RIFF\x01\x02\x03\x04WEBPVP8 "sv, "") == "image/webp");
  CHECK(DecideMime("RIFF\x01\x02\x03\x04WAVEfmt "sv, "") == "audio/wave");
  CHECK(DecideMime("ID3\x04\x00"sv, "") == "audio/mpeg");
  CHECK(DecideMime("\x1A\x45\xDF\xA3\x01"sv, "audio/webm") == "video/webm");
  CHECK(DecideMime("\x00\x00\x00\x18"
                   "ftypmp42\x00\x00\x00\x00mp42isom"sv,
                   "") == "video/mp4");
  CHECK(DecideMime("\x00\x00\x00\x18"
                   "ftypisom\x00\x00\x00\x00mp41isom"sv,
                   "") == "video/mp4");
  CHECK(DecideMime("%PDF-1.7"sv, "image/png") == "application/pdf");
  CHECK(DecideMime("PK\x03\x04"sv, "") == "application/zip");
  CHECK(DecideMime("just words", "image/png") == "text/plain; charset=utf-8");
  CHECK(DecideMime("\xEF\xBB\xBFwords", "") == "text/plain; charset=utf-8");
}

TEST_CASE("of bytes that say nothing the sender is believed, if he names a type") {
  const std::string_view unknown = "\x00\x01\x02\x03\x04"sv;
  CHECK(DecideMime(unknown, "audio/mp4") == "audio/mp4");
  CHECK(DecideMime(unknown, "Image/X-Strange; charset=x") == "image/x-strange");
  for (const std::string_view declared :
       {""sv, "image/"sv, "chemical/x-pdb"sv, "image/a b"sv, "image/png\r\nX: y"sv, "image/a/b"sv,
        "multipart/mixed"sv}) {
    CHECK(DecideMime(unknown, declared) == kBytes);
  }
  CHECK(DecideMime(unknown, "image/" + std::string(100, 'x')) == kBytes);
  CHECK(DecideMime("", "image/png") == "image/png");
}

TEST_CASE("pages are pages behind blanks, in any case, and only as whole tags") {
  CHECK(DecideMime(" \t\r\n<HtMl>", "image/png") == "text/html; charset=utf-8");
  CHECK(DecideMime("<!DOCTYPE HTML><p>", "") == "text/html; charset=utf-8");
  CHECK(DecideMime("<!--x", "") == "text/html; charset=utf-8");
  CHECK(DecideMime("<svg onload=x>", "image/svg+xml") == "text/html; charset=utf-8");
  CHECK(DecideMime("<?xml version=\"1.0\"?>", "image/svg+xml") == "text/xml; charset=utf-8");
  CHECK(DecideMime("<article", "") == "text/plain; charset=utf-8");
}

TEST_CASE("what is an image to one and a script or a page to another is nothing in particular") {
  for (const std::string_view both :
       {"GIF89a/*\x01\x02*/=1;alert(1)"sv, "GIF89a=1;alert(1)"sv, "BM=1;alert(document.cookie)"sv,
        "GIF89a\x01\x00\x01\x00<sCrIpT>"sv, "\x89PNG\r\n\x1a\n\x00<html>"sv,
        "\xFF\xD8\xFF\xFE<svg onload="sv,
        "\x00\x00\x00\x18"
        "ftypmp42<script>"sv}) {
    CHECK(DecideMime(both, "image/gif") == kBytes);
  }
  CHECK(DecideMime("\x00\x01<iframe src=x>"sv, "image/png") == kBytes);
}

TEST_CASE("only images, sounds and films without markup are shown in place") {
  for (const std::string_view shown : {"image/png", "audio/mpeg", "video/mp4"}) {
    CHECK(DispositionOf(shown) == Disposition::kInline);
  }
  for (const std::string_view saved :
       {"image/svg+xml", "text/html", "text/plain; charset=utf-8", "application/pdf",
        "application/xhtml+xml", "model/gltf", "message/rfc822", "multipart/mixed", "font/woff",
        "application/octet-stream", ""}) {
    CHECK(DispositionOf(saved) == Disposition::kAttachment);
  }
}

TEST_CASE("known types have an ending") {
  CHECK(ExtensionOf("image/png") == ".png");
  CHECK(ExtensionOf("text/plain; charset=utf-8") == ".txt");
  CHECK(ExtensionOf("image/x-strange").empty());
}

}  // namespace
}  // namespace molva::media
