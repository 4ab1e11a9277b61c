// A judge who rules by what a message says, for nodes in a simulated world.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "moderation/judge.h"

namespace molva::test {

using Seats = std::vector<std::unique_ptr<moderation::Seat>>;

// The word of a ruling in the content of a message or a card makes it: drop, refuse, hold, mask;
// one with "silent" is never answered, one with "slow" when the test says so. Contacts get
// `contacts`.
//
// Thread: that of the world.
class SimJudge final : public moderation::Judge {
 public:
  moderation::Ruling contacts = moderation::Ruling::kAccept;
  std::vector<moderation::Case> asked;

  // moderation::Judge
  std::string_view name() const override { return "sim"; }
  bool Wants(moderation::Subject) const override { return true; }
  Ticket Ask(std::shared_ptr<const moderation::Case> what, Answer answer) override {
    asked.push_back(*what);
    const std::string& text = what->content.text;
    const auto says = [&text](const char* word) { return text.find(word) != std::string::npos; };
    if (says("silent")) {
      never_.push_back(std::move(answer));
    } else if (says("slow")) {
      slow_.emplace_back(std::move(what), std::move(answer));
    } else {
      answer(RulingOn(*what));
    }
    return ++last_;
  }
  void Forget(Ticket) override { ++forgotten; }
  // Accepts what is slow, the last one first.
  void AnswerSlow() {
    while (!slow_.empty()) {
      auto [what, answer] = std::move(slow_.back());
      slow_.pop_back();
      answer(RulingOn(*what));
    }
  }
  int forgotten = 0;

 private:
  moderation::Verdict RulingOn(const moderation::Case& what) const {
    using moderation::Ruling;
    moderation::Verdict verdict;
    verdict.by = "sim";
    verdict.reason = "be kind";
    const std::string& text = what.content.text;
    if (text.find("drop") != std::string::npos) verdict.ruling = Ruling::kDrop;
    if (text.find("refuse") != std::string::npos) verdict.ruling = Ruling::kRefuse;
    if (text.find("hold") != std::string::npos) verdict.ruling = Ruling::kQuarantine;
    if (text.find("mask") != std::string::npos) {
      verdict.ruling = Ruling::kReplace;
      const bool is_card = what.subject == moderation::Subject::kAccount;
      verdict.content = {is_card ? R"({"fn":"****"})" : R"("****")"};
    }
    if (what.subject == moderation::Subject::kContact) verdict.ruling = contacts;
    return verdict;
  }

  Ticket last_ = 0;
  std::vector<Answer> never_;
  std::deque<std::pair<std::shared_ptr<const moderation::Case>, Answer>> slow_;
};

// A bench of one; `judge` is lent by it.
inline Seats BenchOf(std::unique_ptr<SimJudge> judge,
                     moderation::OnFailure on_failure = moderation::OnFailure::kClosed) {
  Seats seats;
  seats.push_back(std::make_unique<moderation::Seat>());
  seats.back()->judge = std::move(judge);
  seats.back()->on_failure = on_failure;
  return seats;
}

}  // namespace molva::test
