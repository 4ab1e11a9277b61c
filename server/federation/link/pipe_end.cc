#include "federation/link/pipe_end.h"

#include <utility>

#include "base/log.h"
#include "federation/link/frame_bytes.h"
#include "federation/link/link_stream.h"

namespace molva::federation {

void GrpcPipe::Close(std::string_view reason) {
  base::LogDebug("a link is being closed", {{"reason", std::string(reason)}});
  end_->Close();
}

void PipeEnd::Attach() {
  loop_->Post([self = shared_from_this()] {
    LinkStream* const stream = self->loop_->Find(self->stream_);
    if (stream != nullptr) return stream->Attach(self);
    ReportEnd(self, absl::UnavailableError("the connection broke"));
  });
}

Pipe::Room PipeEnd::Send(std::string frame) {
  if (state_ != State::kOpen) return Pipe::Room::kFree;
  outgoing_bytes_ += frame.size();
  outgoing_.push_back(ToByteBuffer(std::move(frame)));
  if (queued_bytes() > kMaxQueuedBytes) {
    Cut(absl::DeadlineExceededError("the peer does not read what it has asked for"));
    return Pipe::Room::kFull;
  }
  ScheduleFlush();
  was_full_ = was_full_ || queued_bytes() >= kFullBytes;
  return was_full_ ? Pipe::Room::kFull : Pipe::Room::kFree;
}

// What one turn sends goes to the loop together.
void PipeEnd::ScheduleFlush() {
  if (std::exchange(flush_posted_, true)) return;
  shard_.Post([self = shared_from_this()] {
    self->flush_posted_ = false;
    self->Flush();
  });
}

void PipeEnd::Flush() {
  if (state_ == State::kClosed || writing_) return;
  if (!outgoing_.empty()) {
    writing_ = true;
    writing_bytes_ = std::exchange(outgoing_bytes_, 0);
    // Of an end the timer runs already.
    if (state_ == State::kOpen) {
      StartTimer(kWriteTimeout, absl::DeadlineExceededError("the peer does not read"));
    }
    return loop_->Tell(stream_,
                       [frames = std::exchange(outgoing_, {})](LinkStream& stream) mutable {
                         stream.Write(std::move(frames));
                       });
  }
  if (state_ == State::kClosing) {
    loop_->Tell(stream_, [](LinkStream& stream) { stream.Close(); });
  }
}

void PipeEnd::OnWritten() {
  if (state_ == State::kClosed) return;
  if (state_ == State::kOpen) {
    shard_.CancelTimer(std::exchange(timer_, runtime::TimerId::kNone));
  }
  writing_ = false;
  writing_bytes_ = 0;
  Flush();
  if (state_ != State::kOpen || queued_bytes() > kFullBytes / 2) return;
  if (std::exchange(was_full_, false) && handler_ != nullptr) handler_->OnWritable();
}

void PipeEnd::Close() {
  if (state_ != State::kOpen) return;
  state_ = State::kClosing;
  incoming_.clear();
  StartTimer(kCloseTimeout, absl::OkStatus());
  ScheduleFlush();
}

void PipeEnd::StartTimer(absl::Duration delay, absl::Status why) {
  shard_.CancelTimer(timer_);
  timer_ = shard_.StartTimer(delay, [self = shared_from_this(), why = std::move(why)] {
    self->timer_ = runtime::TimerId::kNone;
    self->Cut(why);
  });
}

void PipeEnd::Cut(absl::Status why) {
  if (state_ == State::kOpen) state_ = State::kClosing;
  incoming_.clear();
  loop_->Tell(stream_, [why = std::move(why)](LinkStream& stream) { stream.Cut(why); });
}

void PipeEnd::Abandon() {
  handler_ = nullptr;
  if (state_ == State::kClosed) return;
  shard_.CancelTimer(std::exchange(timer_, runtime::TimerId::kNone));
  Cut(absl::OkStatus());
  state_ = State::kClosed;
}

void PipeEnd::ResumeReading() {
  paused_ = false;
  if (incoming_.empty() || std::exchange(delivery_posted_, true)) return;
  // Not here: the handler must not be called from inside its own call.
  shard_.Post([self = shared_from_this()] {
    self->delivery_posted_ = false;
    self->DeliverWaiting();
  });
}

void PipeEnd::OnFrame(std::string frame) {
  if (state_ != State::kOpen) return;
  incoming_.push_back(std::move(frame));
  DeliverWaiting();
}

void PipeEnd::DeliverWaiting() {
  int delivered = 0;
  while (!paused_ && state_ == State::kOpen && !incoming_.empty()) {
    std::string frame = std::move(incoming_.front());
    incoming_.pop_front();
    ++delivered;
    handler_->OnFrame(std::move(frame));
  }
  if (delivered == 0 || state_ != State::kOpen) return;
  loop_->Tell(stream_, [delivered](LinkStream& stream) { stream.AddCredits(delivered); });
}

void PipeEnd::OnEnd(const absl::Status& why) {
  if (state_ == State::kClosed) return;
  shard_.CancelTimer(std::exchange(timer_, runtime::TimerId::kNone));
  state_ = State::kClosed;
  incoming_.clear();
  outgoing_.clear();
  if (handler_ != nullptr) handler_->OnClosed(why);
}

void PipeEnd::ReportFrame(const std::shared_ptr<PipeEnd>& end, std::string frame) {
  end->shard_.Post([end, frame = std::move(frame)]() mutable { end->OnFrame(std::move(frame)); });
}

void PipeEnd::ReportWritten(const std::shared_ptr<PipeEnd>& end) {
  end->shard_.Post([end] { end->OnWritten(); });
}

void PipeEnd::ReportEnd(std::shared_ptr<PipeEnd> end, absl::Status why) {
  runtime::Shard& shard = end->shard_;
  shard.Post([end = std::move(end), why = std::move(why)] { end->OnEnd(why); });
}

}  // namespace molva::federation
