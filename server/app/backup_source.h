// What a backup of this node is made of.
#pragma once

#include "app/data_directory.h"
#include "backup/write_backup.h"
#include "media/media.h"
#include "plugin/store_adapter.h"

namespace molva::app {

// Borrows: the store, and the medium, which may be nullptr.
backup::BackupSource BackupSourceOf(plugin::StorePlugin& store, media::Media* media,
                                    const DataDirectory& data);

// Where the keys are in the data directory.
std::string KeyFolderOf(const DataDirectory& data);

}  // namespace molva::app
