#include "transport/deadline_wheel.h"

#include <algorithm>

namespace molva::transport {

DeadlineWheel::Slot& DeadlineWheel::SlotFor(CoarseMillis due) {
  return slots_[static_cast<std::size_t>(due / kTickMillis) % kSlots];
}

void DeadlineWheel::Schedule(DeadlineItem& item, CoarseMillis due) {
  // The slot of the present tick has been run already.
  due = std::max(due, now_ + kTickMillis);
  if (item.is_linked() && item.due_ <= due) return;
  item.due_ = due;
  SlotFor(due).PushBack(item);
}

void DeadlineWheel::Advance(CoarseMillis now) {
  const CoarseMillis last_tick = now / kTickMillis;
  CoarseMillis tick = now_ / kTickMillis;
  // After a long pause (a stopped process) one round covers every slot.
  tick = std::max(tick, last_tick - static_cast<CoarseMillis>(kSlots));
  now_ = now;
  while (tick < last_tick) {
    ++tick;
    RunSlot(slots_[static_cast<std::size_t>(tick) % kSlots]);
  }
}

void DeadlineWheel::RunSlot(Slot& slot) {
  Slot batch;
  batch.Append(slot);
  while (DeadlineItem* item = batch.PopFront()) {
    const CoarseMillis due = item->due_ > now_ ? item->due_ : item->OnDeadline(now_);
    Schedule(*item, due);
  }
}

}  // namespace molva::transport
