#include "work_queue.h"

#include <utility>

namespace port_for {

std::optional<Fault> WorkQueue::add(std::function<void()> work) {
  const std::lock_guard<std::mutex> lock(mutex_);
  waiting_.push_back(std::move(work));
  changed_.notify_one();
  if (waiting_.size() <= idle_ || threads_.size() >= most_threads_) return std::nullopt;
  threads_.emplace_back();
  const std::optional<Fault> fault = threads_.back().start([this] { run(); });
  if (!fault) return std::nullopt;
  threads_.pop_back();
  if (!threads_.empty()) return std::nullopt;  // The others will come to it.
  waiting_.pop_back();
  return fault;
}

void WorkQueue::end() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_ending_ = true;
    changed_.notify_all();
  }
  for (Thread& thread : threads_) thread.join();
}

void WorkQueue::run() {
  if (priority_ == Priority::kLow) lower_thread_priority();
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    idle_++;
    changed_.wait(lock, [this] { return is_ending_ || !waiting_.empty(); });
    idle_--;
    if (waiting_.empty()) return;
    const std::function<void()> work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace port_for
