#include "clients/cli/line_input.h"

#include <histedit.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cwchar>
#include <utility>

#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

constexpr int kHistoryLines = 200;
constexpr std::size_t kMaxLineBytes = 256 * 1024;

// libedit needs a locale whose characters are UTF-8.
void UseUtf8() {
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
}

}  // namespace

LineInput::LineInput(std::string prompt, int watched_fd, Hooks hooks)
    : prompt_(std::move(prompt)), watched_fd_(watched_fd), hooks_(std::move(hooks)) {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) return;
  UseUtf8();
  editor_ = ::el_init("molva", stdin, stdout, stderr);
  history_ = ::history_init();
  HistEvent event;
  ::history(history_, &event, H_SETSIZE, kHistoryLines);
  ::el_set(editor_, EL_CLIENTDATA, this);
  ::el_set(editor_, EL_EDITOR, "emacs");
  ::el_set(editor_, EL_HIST, ::history, history_);
  ::el_set(editor_, EL_SIGNAL, 1);
  using Prompt = char* (*)(EditLine*);
  const Prompt prompt_of = [](EditLine* editor) {
    LineInput* self = nullptr;
    ::el_get(editor, EL_CLIENTDATA, &self);
    // libedit has no const here; it only reads.
    return const_cast<char*>(self->prompt_.c_str());
  };
  ::el_set(editor_, EL_PROMPT, prompt_of);
  using Getter = int (*)(EditLine*, wchar_t*);
  const Getter getter = [](EditLine* editor, wchar_t* out) {
    LineInput* self = nullptr;
    ::el_get(editor, EL_CLIENTDATA, &self);
    return self->ReadCharacter(out);
  };
  ::el_set(editor_, EL_GETCFN, getter);
}

LineInput::~LineInput() {
  if (editor_ == nullptr) return;
  ::el_end(editor_);
  ::history_end(history_);
}

absl::StatusOr<std::optional<std::string>> LineInput::ReadLine() {
  return editor_ != nullptr ? ReadFromTerminal() : ReadFromPipe();
}

void LineInput::Show(absl::AnyInvocable<void()> print) {
  if (editing_) std::fputs("\r\x1b[K", stdout);
  print();
  if (editing_) ::el_set(editor_, EL_REFRESH);
}

absl::Status LineInput::WaitForInput() {
  while (true) {
    MOLVA_RETURN_IF_ERROR(hooks_.on_readable());
    std::array<pollfd, 2> entries = {pollfd{STDIN_FILENO, POLLIN, 0},
                                     pollfd{watched_fd_, POLLIN, 0}};
    if (::poll(entries.data(), entries.size(), -1) < 0 && errno != EINTR) {
      return absl::InternalError("cannot wait for input");
    }
    if ((entries[0].revents & (POLLIN | POLLHUP)) != 0) return absl::OkStatus();
  }
}

int LineInput::ReadCharacter(wchar_t* out) {
  std::mbstate_t state{};
  while (true) {
    failure_ = WaitForInput();
    if (!failure_.ok()) return -1;
    char byte = 0;
    const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
    if (got <= 0) return static_cast<int>(got);
    const std::size_t used = std::mbrtowc(out, &byte, 1, &state);
    if (used == static_cast<std::size_t>(-2)) continue;  // the character goes on
    if (used == static_cast<std::size_t>(-1)) {
      state = {};
      continue;
    }
    failure_ = hooks_.on_key();
    return failure_.ok() ? 1 : -1;
  }
}

absl::StatusOr<std::optional<std::string>> LineInput::ReadFromTerminal() {
  int length = 0;
  editing_ = true;
  const char* line = ::el_gets(editor_, &length);
  editing_ = false;
  MOLVA_RETURN_IF_ERROR(failure_);
  if (line == nullptr || length <= 0) {
    std::fputc('\n', stdout);
    return std::nullopt;
  }
  HistEvent event;
  ::history(history_, &event, H_ENTER, line);
  std::string text(line, static_cast<std::size_t>(length));
  if (text.back() == '\n') text.pop_back();
  return text;
}

absl::StatusOr<std::optional<std::string>> LineInput::ReadFromPipe() {
  while (true) {
    const std::size_t end = buffer_.find('\n');
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    if (at_end_) {
      if (buffer_.empty()) return std::nullopt;
      return std::exchange(buffer_, "");
    }
    if (buffer_.size() > kMaxLineBytes) return absl::InvalidArgumentError("the line is too long");
    MOLVA_RETURN_IF_ERROR(WaitForInput());
    std::array<char, 4096> bytes;
    const ssize_t got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    at_end_ = got <= 0;
    if (got > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace molva::cli
