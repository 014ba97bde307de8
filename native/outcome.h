#pragma once

#include <cerrno>
#include <new>
#include <variant>

namespace port_for {

/** A kernel error that says nothing about a port, such as EMFILE: its number and the call that met it. */
struct Fault {
  int error;
  const char* call;
};

/** Errors that say nothing of what was asked, and pass: descriptors or memory are short. */
inline bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS;
}

/** What was asked for, or the kernel's error that stood in its way. */
template <typename T>
using Result = std::variant<T, Fault>;

/** What a probe learned about one port. */
enum class Verdict {
  kFree,      // bound, or the connection was refused
  kUsed,      // somebody else has it
  kDenied,    // this process may not ask (a privileged port, a firewall rule)
  kFiltered,  // no answer in time, or the network could not reach it
};

/** A verdict, or the reason why there is none. A fault never counts as a used or a free port. */
using Outcome = Result<Verdict>;

inline bool is(const Outcome& outcome, Verdict verdict) {
  const Verdict* reached = std::get_if<Verdict>(&outcome);
  return reached != nullptr && *reached == verdict;
}

/** What `work` finds, which has room for a `fault`: that there is no memory for it is one. */
template <typename Work>
auto catch_shortage(const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    decltype(work()) result;
    result.fault = Fault{ENOMEM, "malloc"};
    return result;
  }
}

}  // namespace port_for
