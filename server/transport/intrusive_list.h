// A list whose links are part of its items: joining and leaving need no memory and no search.
#pragma once

#include <utility>

namespace molva::transport {

// A base of the items, one per list they may be in (`Tag` tells them apart). An item is in at most
// one list per link, and leaves it when destroyed.
template <typename Tag>
class ListLink {
 public:
  ListLink() = default;
  ListLink(const ListLink&) = delete;
  ListLink& operator=(const ListLink&) = delete;
  ~ListLink() { Unlink(); }

  bool is_linked() const { return next_ != this; }
  void Unlink() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = this;
  }

 private:
  template <typename Item, typename ListTag>
  friend class IntrusiveList;

  ListLink* previous_ = this;
  ListLink* next_ = this;
};

// Items in order of arrival. Owns none of them.
template <typename Item, typename Tag>
class IntrusiveList {
 public:
  bool empty() const { return !head_.is_linked(); }

  // Moves `item` here from whatever list its link is in.
  void PushBack(Item& item) {
    ListLink<Tag>& link = item;
    link.Unlink();
    link.previous_ = head_.previous_;
    link.next_ = &head_;
    head_.previous_->next_ = &link;
    head_.previous_ = &link;
  }
  // Takes the first item out; null if there is none.
  Item* PopFront() {
    if (empty()) return nullptr;
    ListLink<Tag>* first = head_.next_;
    first->Unlink();
    return static_cast<Item*>(first);
  }
  // Takes everything out of `other` and appends it here.
  void Append(IntrusiveList& other) {
    while (Item* item = other.PopFront()) PushBack(*item);
  }

 private:
  ListLink<Tag> head_;
};

}  // namespace molva::transport
