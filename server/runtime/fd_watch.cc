#include "runtime/fd_watch.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <utility>

#include "base/check.h"
#include "runtime/asio_shard.h"

namespace molva::runtime {

// The executor by its own type: the type-erased one costs a call and memory per wait.
using stream_descriptor =
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

// Outlives the watch until the last pending wait was answered: Asio may already have queued the
// answer when the descriptor is closed. The count is plain because all happens on one thread.
struct FdWatch::State {
  State(AsioShard& shard, int fd, FdEvents& told)
      : descriptor(shard.io_context().get_executor(), fd), events(&told) {}

  void Release() {
    if (--references == 0) delete this;
  }

  // A handler for Asio: one counted reference and a member to call.
  class Answer {
   public:
    Answer(State* state, bool State::* pending, void (FdEvents::*call)())
        : state_(state), pending_(pending), call_(call) {
      ++state_->references;
    }
    Answer(Answer&& other) noexcept
        : state_(std::exchange(other.state_, nullptr)),
          pending_(other.pending_),
          call_(other.call_) {}
    ~Answer() {
      if (state_ != nullptr) state_->Release();
    }
    void operator()(const boost::system::error_code&) {
      state_->*pending_ = false;
      if (state_->events != nullptr) (state_->events->*call_)();
    }

   private:
    State* state_;
    bool State::* pending_;
    void (FdEvents::*call_)();
  };

  stream_descriptor descriptor;
  FdEvents* events;
  std::uint32_t references = 1;
  bool awaits_readable = false;
  bool awaits_writable = false;
};

FdWatch::FdWatch(AsioShard& shard, int fd, FdEvents& events)
    : state_(new State(shard, fd, events)) {}

FdWatch::FdWatch(FdWatch&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}

FdWatch::~FdWatch() {
  if (state_ == nullptr) return;
  state_->events = nullptr;
  boost::system::error_code ignored;  // the descriptor is gone either way
  state_->descriptor.close(ignored);
  state_->Release();
}

void FdWatch::AwaitReadable() {
  if (std::exchange(state_->awaits_readable, true)) return;
  state_->descriptor.async_wait(
      stream_descriptor::wait_read,
      State::Answer(state_, &State::awaits_readable, &FdEvents::OnReadable));
}

void FdWatch::AwaitWritable() {
  if (std::exchange(state_->awaits_writable, true)) return;
  state_->descriptor.async_wait(
      stream_descriptor::wait_write,
      State::Answer(state_, &State::awaits_writable, &FdEvents::OnWritable));
}

void FdWatch::Redirect(FdEvents& events) { state_->events = &events; }

int FdWatch::fd() const { return state_->descriptor.native_handle(); }

}  // namespace molva::runtime
