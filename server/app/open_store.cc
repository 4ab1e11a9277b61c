#include "app/open_store.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <optional>
#include <string>
#include <system_error>

#include "app/open_plugin.h"
#include "app/plugin_folder.h"
#include "runtime/asio_shard.h"
#include "store/copies.h"

namespace molva::app {
namespace {

using Answer = absl::StatusOr<std::optional<std::string>>;

constexpr std::chrono::seconds kPatience(60);

}  // namespace

absl::StatusOr<std::unique_ptr<plugin::StorePlugin>> OpenStorePlugin(const config::Config& config,
                                                                     PluginBoard& board,
                                                                     const DataDirectory& data) {
  return OpenPlugin<plugin::StorePlugin>(config, board, MOLVA_KIND_STORE,
                                         config.Text("store.plugin"),
                                         StoreConfigJson(config, data.path()));
}

absl::Status CheckNodeExists(const config::Config& config) {
  const std::string& folder = config.Text("node.data");
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("there is no node in {}: is node.data right?", folder));
}

absl::Status CheckStoreIsWhole(plugin::StorePlugin& plugin) {
  runtime::AsioShard shard(0);
  const std::unique_ptr<store::Store> store = plugin.ForShard(shard);
  shard.Start();
  const auto promise = std::make_shared<std::promise<Answer>>();
  std::future<Answer> future = promise->get_future();
  shard.Post([&store, promise] {
    store->FindValue(store::kImportKey,
                     [promise](Answer answer) { promise->set_value(std::move(answer)); });
  });
  const bool has_answered = future.wait_for(kPatience) == std::future_status::ready;
  shard.Stop();
  if (!has_answered) return absl::UnavailableError("the store does not answer");
  const Answer answer = future.get();
  if (!answer.ok() || !answer->has_value()) return answer.status();
  return absl::FailedPreconditionError(
      "this store is half filled: run the molvad store copy or molvad restore that was broken off "
      "again, or begin with an empty store");
}

}  // namespace molva::app
