#include "federation/link/link_stream.h"

#include <fmt/core.h>

#include <utility>

#include "federation/link/frame_bytes.h"
#include "federation/link/pipe.h"
#include "federation/link/pipe_end.h"

namespace molva::federation {

void LinkStream::Attach(std::shared_ptr<PipeEnd> end) {
  end_ = std::move(end);
  AddCredits(kReadCredits);
}

void LinkStream::Write(std::vector<grpc::ByteBuffer> frames) {
  if (close_wanted_ || output_broken_ || input_ended_) return;
  output_ = std::move(frames);
  next_output_ = 0;
  WriteNext();
}

void LinkStream::WriteNext() {
  writing_ = true;
  ++operations_;
  StartWrite(output_[next_output_++], &written_);
}

void LinkStream::OnWritten(bool ok) {
  if (ok && !cut_.has_value() && next_output_ < output_.size()) return WriteNext();
  writing_ = false;
  output_.clear();
  if (!ok) output_broken_ = true;
  if (ok && end_ != nullptr) PipeEnd::ReportWritten(end_);
  Advance();
}

void LinkStream::AddCredits(int frames) {
  credits_ += frames;
  ContinueReading();
}

void LinkStream::Drain() {
  draining_ = true;
  ContinueReading();
}

void LinkStream::ContinueReading() {
  if (reading_ || input_ended_ || finishing_ || (credits_ == 0 && !draining_)) return;
  reading_ = true;
  ++operations_;
  StartRead(&input_, &read_);
}

void LinkStream::OnRead(bool ok) {
  reading_ = false;
  if (!ok) {
    input_ended_ = true;
    return Advance();
  }
  OnWholeFrame();
  grpc::ByteBuffer bytes;
  bytes.Swap(&input_);
  if (!close_wanted_ && !draining_) {
    --credits_;
    TakeFrame(bytes);
  }
  ContinueReading();
}

void LinkStream::TakeFrame(const grpc::ByteBuffer& bytes) {
  std::optional<std::string> frame;
  if (bytes.Length() <= kMaxFrameBytes) frame = ToText(bytes);
  if (!frame.has_value()) {
    return Cut(absl::InvalidArgumentError(
        fmt::format("the peer sent a bad frame or one of more than {} bytes", kMaxFrameBytes)));
  }
  if (end_ == nullptr) return OnUnattachedFrame(std::move(*frame));
  PipeEnd::ReportFrame(end_, std::move(*frame));
}

void LinkStream::Close() {
  close_wanted_ = true;
  Advance();
}

void LinkStream::Cut(absl::Status why) {
  if (finishing_) return;
  if (!cut_.has_value()) cut_ = std::move(why);
  close_wanted_ = true;
  TryCancel();
  Advance();
}

absl::Status LinkStream::FinalStatus() {
  if (cut_.has_value()) return *cut_;
  return close_wanted_ ? absl::OkStatus() : PeersReason();
}

void LinkStream::OnOperationDone() {
  if (--operations_ > 0 || !ended_) return;
  if (end_ != nullptr) PipeEnd::ReportEnd(std::move(end_), FinalStatus());
  loop_.Retire(id_);
}

}  // namespace molva::federation
