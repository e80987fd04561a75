#include "vrrp/real_time.h"

#include <alloca.h>
#include <cerrno>
#include <memory>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <utility>

#include "vrrp/socket_error.h"

namespace evenkeel::vrrp {

namespace {

constexpr rlim_t kSoftLimit = 1'000'000;  // microseconds
constexpr rlim_t kHardLimit = 2'000'000;

class ThreadAttributes {
 public:
  explicit ThreadAttributes(std::size_t stack) : error_(::pthread_attr_init(&attributes_)) {
    is_made_ = error_ == 0;
    const sched_param no_priority{};
    if (error_ == 0) error_ = ::pthread_attr_setstacksize(&attributes_, stack);
    if (error_ == 0) error_ = ::pthread_attr_setinheritsched(&attributes_, PTHREAD_EXPLICIT_SCHED);
    if (error_ == 0) error_ = ::pthread_attr_setschedpolicy(&attributes_, SCHED_OTHER);
    if (error_ == 0) error_ = ::pthread_attr_setschedparam(&attributes_, &no_priority);
  }
  ThreadAttributes(const ThreadAttributes&) = delete;
  ThreadAttributes& operator=(const ThreadAttributes&) = delete;
  ~ThreadAttributes() {
    if (is_made_) ::pthread_attr_destroy(&attributes_);
  }
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] const pthread_attr_t* get() const { return &attributes_; }

 private:
  pthread_attr_t attributes_{};
  bool is_made_ = false;
  int error_ = 0;
};

void* run(void* body) {
  const std::unique_ptr<std::function<void()>> owned(static_cast<std::function<void()>*>(body));
  (*owned)();
  return nullptr;
}

}  // namespace

std::error_code become_real_time(int priority) {
  sched_param parameters{};
  parameters.sched_priority = priority;
  return error_of(
      ::pthread_setschedparam(::pthread_self(), SCHED_RR | SCHED_RESET_ON_FORK, &parameters));
}

bool is_real_time() {
  const int policy = ::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
  return policy == SCHED_RR || policy == SCHED_FIFO;
}

std::error_code lock_memory() {
  if (::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0) return {};
  return last_error();
}

std::error_code limit_real_time() {
  const rlimit limit{kSoftLimit, kHardLimit};
  if (::setrlimit(RLIMIT_RTTIME, &limit) == 0) return {};
  return last_error();
}

[[gnu::noinline]] void prefault_stack(std::size_t octets) {
  constexpr std::size_t kPage = 4096;
  auto* stack = static_cast<volatile char*>(alloca(octets));
  for (std::size_t i = 0; i < octets; i += kPage) stack[i] = 0;
}

tl::expected<Thread, std::error_code> Thread::start(const char* name, std::size_t stack,
                                                    std::function<void()> body) {
  const ThreadAttributes attributes(stack);
  if (attributes.error() != 0) return tl::unexpected(error_of(attributes.error()));
  auto moved = std::make_unique<std::function<void()>>(std::move(body));
  pthread_t thread{};
  const int error = ::pthread_create(&thread, attributes.get(), &run, moved.get());
  if (error != 0) return tl::unexpected(error_of(error));
  (void)moved.release();  // run() has it
  (void)::pthread_setname_np(thread, name);
  return Thread(thread);
}

Thread::Thread(Thread&& other) noexcept
    : thread_(other.thread_), is_joinable_(std::exchange(other.is_joinable_, false)) {}

Thread& Thread::operator=(Thread&& other) noexcept {
  if (this == &other) return *this;
  join();
  thread_ = other.thread_;
  is_joinable_ = std::exchange(other.is_joinable_, false);
  return *this;
}

void Thread::join() {
  if (std::exchange(is_joinable_, false)) ::pthread_join(thread_, nullptr);
}

}  // namespace evenkeel::vrrp
