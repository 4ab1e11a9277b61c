#include "session/login_requests.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "base/time_text.h"
#include "session/devices.h"
#include "session/logins.h"
#include "session/session.h"

namespace molva::session {
namespace {

using model::Fail;
using model::Fault;
using store::LoginRecord;

model::RawJson TimeText(absl::Time time) {
  std::string text;
  base::AppendTime(text, time);
  return model::JsonText(text);
}

model::RawJson Describe(const LoginRecord& login, const Session& session) {
  model::JsonFields fields{{"id", model::JsonText(store::LoginText(login.id))},
                           {"created", TimeText(login.created)},
                           {"seen", TimeText(login.seen)}};
  if (!login.user_agent.empty()) fields.emplace_back("ua", model::JsonText(login.user_agent));
  if (!login.platform.empty()) fields.emplace_back("platf", model::JsonText(login.platform));
  if (!login.device_id.empty()) fields.emplace_back("dev", model::JsonText(login.device_id));
  if (login.id == session.state().login) fields.emplace_back("current", model::RawJson{"true"});
  return model::JsonObject(fields);
}

// Whose logins are asked for, and what the answer needs.
struct Question {
  const SessionEnv& env;
  model::SessionHandle session;
  std::string id;
  std::string topic;
  model::UserId user;

  Session* asker() const { return Session::Find(env, session); }
};

Question QuestionOf(Session& session, const std::string& id, const std::string& topic) {
  return {session.env(), session.handle(), id, topic, session.actor().user};
}

void Show(const Question& question, const std::vector<LoginRecord>& logins) {
  Session* asker = question.asker();
  if (asker == nullptr) return;
  std::string list;
  for (const LoginRecord& login : logins) {
    list += list.empty() ? '[' : ',';
    list += Describe(login, *asker).text;
  }
  list += list.empty() ? "[]" : "]";
  asker->Reply(question.id, question.topic, Fault::kOk,
               {{"what", model::JsonText(kSessionsWord)}, {kSessionsWord, model::RawJson{list}}});
}

// Which of `logins` are meant.
// Errors: kMalformed for a choice that is none; kNotFound.
absl::StatusOr<std::vector<std::uint64_t>> Choose(const std::vector<LoginRecord>& logins,
                                                  const model::Credential& choice,
                                                  std::uint64_t current) {
  const bool is_one = choice.method == "id";
  if (!is_one && choice.method != "others" && choice.method != "all") {
    return Fail(Fault::kMalformed, "which sessions is not said");
  }
  std::vector<std::uint64_t> chosen;
  for (const LoginRecord& login : logins) {
    const bool is_meant = is_one ? store::LoginText(login.id) == choice.value
                                 : choice.method == "all" || login.id != current;
    if (is_meant) chosen.push_back(login.id);
  }
  if (is_one && chosen.empty()) return Fail(Fault::kNotFound, "no such session");
  return chosen;
}

void Refuse(const Question& question, const absl::Status& status) {
  Session* asker = question.asker();
  if (asker != nullptr) asker->Reply(question.id, question.topic, model::FaultOf(status));
}

// What only `ended` logins have.
std::vector<std::string> DevicesOf(const std::vector<LoginRecord>& all,
                                   const std::vector<std::uint64_t>& ended) {
  std::vector<std::string> gone;
  std::vector<std::string> staying;
  for (const LoginRecord& login : all) {
    const bool ends = std::find(ended.begin(), ended.end(), login.id) != ended.end();
    if (!login.device_id.empty()) (ends ? gone : staying).push_back(login.device_id);
  }
  std::erase_if(gone, [&staying](const std::string& device) {
    return std::find(staying.begin(), staying.end(), device) != staying.end();
  });
  return gone;
}

void End(const Question& question, const std::vector<LoginRecord>& all,
         std::vector<std::uint64_t> logins) {
  const auto count = static_cast<std::int64_t>(logins.size());
  std::vector<std::string> devices = DevicesOf(all, logins);
  EndLogins(question.env, question.user, std::move(logins),
            [question, count, devices = std::move(devices)](const absl::Status& status) {
              if (!status.ok()) return Refuse(question, status);
              ForgetDevices(question.env, question.user, devices);
              Session* asker = question.asker();
              if (asker == nullptr) return;
              asker->Reply(question.id, question.topic, Fault::kOk,
                           {{"count", model::JsonNumber(count)}});
            });
}

}  // namespace

SessionsAsked TakeSessionsWord(std::string& what) {
  const std::vector<std::string_view> words = base::SplitWords(what, ' ');
  std::string rest;
  SessionsAsked asked = SessionsAsked::kNo;
  for (const std::string_view word : words) {
    if (word == kSessionsWord) {
      asked = SessionsAsked::kYes;
      continue;
    }
    if (!rest.empty()) rest += ' ';
    rest += word;
  }
  if (asked == SessionsAsked::kYes) what = std::move(rest);
  return asked;
}

void ShowLogins(Session& session, const model::Request& request, const std::string& topic) {
  const Question question = QuestionOf(session, request.id, topic);
  ListLogins(session.env(), question.user,
             [question](const absl::StatusOr<std::vector<LoginRecord>>& logins) {
               logins.ok() ? Show(question, *logins) : Refuse(question, logins.status());
             });
}

void EndChosenLogins(Session& session, const model::Request& request, const model::Del& del) {
  const Question question = QuestionOf(session, request.id, del.topic);
  if (!del.credential.has_value()) {
    return Refuse(question, Fail(Fault::kMalformed, "which sessions is not said"));
  }
  ListLogins(session.env(), question.user,
             [question, choice = *del.credential, current = session.state().login](
                 const absl::StatusOr<std::vector<LoginRecord>>& all) {
               if (!all.ok()) return Refuse(question, all.status());
               absl::StatusOr<std::vector<std::uint64_t>> chosen = Choose(*all, choice, current);
               chosen.ok() ? End(question, *all, *std::move(chosen))
                           : Refuse(question, chosen.status());
             });
}

}  // namespace molva::session
