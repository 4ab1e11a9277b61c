#include "app/app.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "app/backup_source.h"
#include "app/module_options.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "base/strings.h"

namespace molva::app {

absl::StatusOr<std::unique_ptr<App>> App::Start(const config::Config& config) {
  MOLVA_ASSIGN_OR_RETURN(DataDirectory data, DataDirectory::Open(config.Text("node.data")));
  std::unique_ptr<App> app(new App(config, std::move(data)));
  MOLVA_ASSIGN_OR_RETURN(app->core_, Core::Build(config, app->data_));
  MOLVA_ASSIGN_OR_RETURN(app->doors_,
                         Doors::Open(config, *app->core_, app->health_, app->metrics_));
  app->core_->Register(app->health_, app->metrics_);
  MOLVA_RETURN_IF_ERROR(app->core_->Start());
  app->OpenAdminSocket();
  app->doors_->Start();
  app->health_.SetPhase(admin::NodePhase::kServing);
  return app;
}

App::App(const config::Config& config, DataDirectory data)
    : config_(config), data_(std::move(data)), metrics_(ShardCount(config)) {}

App::~App() { Drain(); }

void App::Reload(const config::Config& fresh) {
  for (const std::string& name : config::Config::Differences(config_, fresh)) {
    const config::Setting* row = config::FindSetting(config_.rows(), name);
    if (row != nullptr && row->reload == config::Reload::kLive) {
      config_.Set(name, fresh.Get(name), fresh.OriginOf(name));
      base::LogInfo("a setting has changed", {{"setting", name}});
    } else {
      base::LogWarning("a setting has changed but waits for a restart", {{"setting", name}});
    }
  }
  ApplyLogSettings(config_);
  core_->Reload(config_);
  if (const absl::Status status = doors_->ReloadTls(config_); !status.ok()) {
    base::LogError("the certificate was not replaced",
                   {{"error", std::string(base::ToStd(status.message()))}});
  }
}

void App::Drain() {
  if (health_.phase() != admin::NodePhase::kServing) return;
  health_.SetPhase(admin::NodePhase::kDraining);
  doors_->StopAccepting();
  core_->EndSessions();
  doors_->Shutdown(config_.Duration("node.shutdown_grace"));
  admin_.reset();
  core_->EndFederation();
}

absl::Status App::WriteBackup(backup::ByteSink& sink) {
  FileStore* const files = core_->files();
  base::LogInfo("a backup begins");
  const auto written = backup::WriteBackup(
      BackupSourceOf(core_->store_plugin(), files == nullptr ? nullptr : &files->medium(), data_),
      sink, [](const backup::Progress&) {});
  if (!written.ok()) {
    base::LogWarning("a backup was broken off",
                     {{"error", std::string(base::ToStd(written.status().message()))}});
    return written.status();
  }
  base::LogInfo("a backup was made", {{"records", fmt::to_string(written->records)},
                                      {"files", fmt::to_string(written->files)},
                                      {"files_missing", fmt::to_string(written->missing)}});
  return absl::OkStatus();
}

// A node does without it rather than not to start.
void App::OpenAdminSocket() {
  absl::StatusOr<std::unique_ptr<AdminSocket>> admin = AdminSocket::Open(
      data_.PathOf(kAdminSocket),
      {.federation = core_->federation(),
       .accounts =
           [core = core_.get()](auto action, const auto& login, session::AccountDone done) {
             core->DoToAccount(action, login, std::move(done));
           },
       .backup = [this](backup::ByteSink& sink) { return WriteBackup(sink); }});
  if (admin.ok()) {
    admin_ = *std::move(admin);
  } else {
    base::LogWarning("the node has no admin socket",
                     {{"error", std::string(base::ToStd(admin.status().message()))}});
  }
}

}  // namespace molva::app
