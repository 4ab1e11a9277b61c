// Takes a body of the type multipart/form-data apart, as it comes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace molva::transport {

// One part, as its head describes it.
struct FormPart {
  std::string name;
  std::string content_type;
};

// What becomes of the parts.
class FormReceiver {
 public:
  virtual ~FormReceiver() = default;
  // False: the rest of the form is not wanted.
  [[nodiscard]] virtual bool OnPart(const FormPart& part) = 0;
  // Bytes of the part that began last.
  [[nodiscard]] virtual bool OnPartBytes(std::string_view bytes) = 0;
};

// Holds no more than the head of one part and what may be the beginning of a boundary.
//
// Borrows: the receiver.
// Source:  RFC 7578, RFC 2046 §5.1.
class MultipartParser {
 public:
  static constexpr std::size_t kMaxHeadBytes = 8 * 1024;  // of one part
  static constexpr std::size_t kMaxParts = 16;
  static constexpr std::size_t kMaxBoundaryBytes = 70;

  // The boundary that a header Content-Type names; nullopt if it is of another type, or names none.
  static std::optional<std::string> BoundaryOf(std::string_view content_type);

  // `boundary` comes from BoundaryOf.
  MultipartParser(const std::string& boundary, FormReceiver& receiver);

  enum class Progress { kNeedMore, kComplete, kBad, kStopped };
  // Takes all of `input`. After anything but kNeedMore it takes no more; what follows the end of
  // the form is no business of anybody.
  Progress Take(std::string_view input);

 private:
  enum class Stage { kPreamble, kBoundaryEnd, kHead, kData };

  // Each looks at buffer_ from `at` on; nullopt: it needs more.
  std::optional<Progress> Step();
  std::optional<Progress> SkipPreamble();
  std::optional<Progress> ReadBoundaryEnd();
  std::optional<Progress> ReadHead();
  std::optional<Progress> ReadData();
  std::optional<FormPart> ParseHead(std::string_view head) const;

  const std::string delimiter_;  // with the line break before it
  FormReceiver& receiver_;
  Stage stage_ = Stage::kPreamble;
  Progress progress_ = Progress::kNeedMore;
  // A line break comes first, so that the first boundary is found as the others are.
  std::string buffer_ = "\r\n";
  std::size_t at_ = 0;  // of what is not dealt with
  std::size_t parts_ = 0;
};

}  // namespace molva::transport
