#include "owner_search.h"

#include <algorithm>
#include <functional>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "js_values.h"
#include "socket_owners.h"
#include "socket_table.h"

namespace port_for {

namespace {

using Owners = std::vector<SocketOwner>;

/** Where the table cannot be read just now, nobody is found. */
Owners owners_of_port(Transport transport, uint16_t port) {
  const auto table = table_sockets(transport, TableStates::kAll);
  const auto* sockets = std::get_if<std::vector<TableSocket>>(&table);
  if (sockets == nullptr) return {};
  std::unordered_set<uint64_t> keys;
  std::unordered_set<uint64_t> listening;
  for (const TableSocket& socket : *sockets) {
    if (socket.local.port() != port || !socket.has_process()) continue;
    keys.insert(socket.owner_key);
    if (socket.listens) listening.insert(socket.owner_key);
  }
  Owners owners = socket_owners(keys);
  std::stable_partition(owners.begin(), owners.end(),
                        [&](const SocketOwner& owner) { return listening.count(owner.owner_key) > 0; });
  return owners;
}

class OwnerSearch : public Napi::AsyncWorker {
 public:
  OwnerSearch(Napi::Env env, std::function<Owners()> search)
      : AsyncWorker(env, "port-for-native owners"),
        deferred_(Napi::Promise::Deferred::New(env)),
        search_(std::move(search)) {}

  Napi::Promise promise() const { return deferred_.Promise(); }

  void Execute() override { owners_ = search_(); }

  void OnOK() override { deferred_.Resolve(write_socket_owners(Env(), owners_)); }

  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

 private:
  Napi::Promise::Deferred deferred_;
  std::function<Owners()> search_;
  Owners owners_;
};

Napi::Value start(Napi::Env env, std::function<Owners()> search) {
  auto* worker = new OwnerSearch(env, std::move(search));
  const Napi::Promise promise = worker->promise();
  worker->Queue();
  return promise;
}

}  // namespace

Napi::Value find_socket_owners(Napi::Env env, std::unordered_set<uint64_t> owner_keys) {
  return start(env, [keys = std::move(owner_keys)] { return socket_owners(keys); });
}

Napi::Value find_port_owners(Napi::Env env, Transport transport, uint16_t port) {
  return start(env, [transport, port] { return owners_of_port(transport, port); });
}

}  // namespace port_for
