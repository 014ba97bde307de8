#include "owner_search.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "js_values.h"
#include "socket_owners.h"
#include "socket_table.h"

namespace port_for {

namespace {

class OwnerSearch : public Napi::AsyncWorker {
 public:
  OwnerSearch(Napi::Env env, Transport transport, uint16_t port)
      : AsyncWorker(env, "port-for-native owners"),
        deferred_(Napi::Promise::Deferred::New(env)),
        transport_(transport),
        port_(port) {}

  Napi::Promise promise() const { return deferred_.Promise(); }

  /** Where the table cannot be read just now, nobody is found. */
  void Execute() override {
    const auto table = table_sockets(transport_, TableStates::kAll);
    const auto* sockets = std::get_if<std::vector<TableSocket>>(&table);
    if (sockets == nullptr) return;
    std::unordered_set<uint64_t> keys;
    std::unordered_set<uint64_t> listening;
    for (const TableSocket& socket : *sockets) {
      if (socket.local.port() != port_ || !socket.has_process()) continue;
      keys.insert(socket.owner_key);
      if (socket.listens) listening.insert(socket.owner_key);
    }
    owners_ = socket_owners(keys);
    std::stable_partition(owners_.begin(), owners_.end(),
                          [&](const SocketOwner& owner) { return listening.count(owner.owner_key) > 0; });
  }

  void OnOK() override { deferred_.Resolve(write_socket_owners(Env(), owners_)); }

  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

 private:
  Napi::Promise::Deferred deferred_;
  Transport transport_;
  uint16_t port_;
  std::vector<SocketOwner> owners_;
};

}  // namespace

Napi::Value find_port_owners(Napi::Env env, Transport transport, uint16_t port) {
  auto* search = new OwnerSearch(env, transport, port);
  const Napi::Promise promise = search->promise();
  search->Queue();
  return promise;
}

}  // namespace port_for
