// molva-bot SERVER LOGIN: a bot that answers when it is mentioned. Its password:
// $MOLVA_BOT_PASSWORD.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "clients/bot/bot.h"
#include "clients/cli/exit_code.h"

int main(int argc, char** argv) {
  const char* const password = std::getenv("MOLVA_BOT_PASSWORD");
  if (argc != 3 || password == nullptr) {
    std::fputs(
        "molva-bot SERVER LOGIN, with the password in $MOLVA_BOT_PASSWORD\n"
        "SERVER: as molva takes it, \"127.0.0.1:16060\" or \"grpcs://chat.example.org\"\n",
        stderr);
    return static_cast<int>(molva::cli::ExitCode::kUsage);
  }
  const absl::Status status = molva::bot::RunForever({argv[1], argv[2], password});
  std::fprintf(stderr, "molva-bot: %s\n", std::string(status.message()).c_str());
  return static_cast<int>(molva::cli::ExitCodeOf(status));
}
