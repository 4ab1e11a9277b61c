// The validator "@NAME@": contacts of the method "@NAME@" are handles such as "ann.smith", and a
// letter is a line in a file, for another program to carry.
//
// How a validator works: somebody gives a contact; the host asks for its one normal form, makes a
// code, and lets the plugin send it. molva/validator_plugin.h is the contract.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <molva/validator_plugin.h>
#include <molva/declare.hpp>
#include <molva/json_text.hpp>
#include <molva/plugin.hpp>
#include <molva/settings.hpp>

// What belongs to one open plugin. Functions of several threads read it at once: set it in Open,
// leave it alone afterwards, or guard it.
struct molva_validator {
  int file = -1;
  ~molva_validator() {
    if (file >= 0) ::close(file);
  }
};

namespace {

namespace sdk = molva::sdk;

constexpr std::size_t kMaxHandleBytes = 64;

// Clients send any bytes: trust nothing. Whatever means the same must come out the same, because
// the host compares by it.
sdk::Outcome Normal(std::string_view value, std::string* normal) {
  if (value.empty() || value.size() > kMaxHandleBytes) {
    return {MOLVA_MALFORMED, "a handle has 1 to 64 characters"};
  }
  for (const char c : value) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!is_upper && !is_plain && c != '.' && c != '_' && c != '-') {
      return {MOLVA_MALFORMED, "a handle has letters, digits, '.', '_' and '-'"};
    }
    *normal += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return sdk::Done();
}

// Reads the settings. A plugin that cannot work says why in one sentence, and the node does not
// start. No exception may leave the plugin: GuardedOutcome turns one into a code.
molva_code Open(const molva_host*, molva_text config, const molva_sink* why,
                molva_validator** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    sdk::Settings settings(config);
    const std::string path = settings.Text("file", "");
    if (path.empty()) settings.Refuse("file", "must be the path of a file");
    if (std::string error = settings.Finish(); !error.empty()) return {MOLVA_MALFORMED, error};
    auto self = std::make_unique<molva_validator>();
    self->file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (self->file < 0) return {MOLVA_UNAVAILABLE, "the file cannot be opened"};
    *out = self.release();
    return sdk::Done();
  });
}

void Close(molva_validator* self) { std::unique_ptr<molva_validator>(self).reset(); }

// Must take microseconds. `params` is what the client sent along; this validator wants nothing.
molva_code Normalise(molva_validator*, molva_text value, molva_text, const molva_sink* normal,
                     const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    std::string handle;
    MOLVA_RETURN_UNLESS_OK(Normal(sdk::View(value), &handle));
    sdk::Put(normal, handle);
    return sdk::Done();
  });
}

// May block: the host calls it where that holds up nobody but other letters. Do give up in time.
molva_code Send(molva_validator* self, const molva_letter* letter, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    std::string handle;
    MOLVA_RETURN_UNLESS_OK(Normal(sdk::View(letter->to), &handle));
    const bool is_reset = letter->reason == MOLVA_LETTER_RESET;
    const std::string line = sdk::JsonObject()
                                 .Text("what", is_reset ? "reset" : "confirm")
                                 .Text("to", handle)
                                 .Text("code", sdk::View(letter->code))
                                 .TextIfAny("lang", sdk::View(letter->language))
                                 .TextIfAny("login", sdk::View(letter->login))
                                 .Finish() +
                             "\n";
    // One write for a line: letters of several threads do not mix.
    const ssize_t written = ::write(self->file, line.data(), line.size());
    if (written != static_cast<ssize_t>(line.size())) {
      return {MOLVA_UNAVAILABLE, "the letter cannot be written"};
    }
    return sdk::Done();
  });
}

constexpr molva_validator_api MakeApi() {
  molva_validator_api api{};
  api.struct_size = sizeof api;
  api.open = Open;
  api.close = Close;
  api.normalise = Normalise;
  api.send = Send;
  return api;
}
constexpr molva_validator_api kApi = MakeApi();
// What [plugin.validator_@NAME@] may hold: the node checks it, and `molvad plugins` lists it.
// So does it the licence at the end, which is yours to choose.
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("file", nullptr, "Where letters are written."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_VALIDATOR, "@NAME@", "0.1", &kApi, kSettings, "Apache-2.0");

}  // namespace

// The one function that the host looks for.
const molva_plugin* molva_plugin_v1() { return &kPlugin; }
