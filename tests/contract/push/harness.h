// Opens pushers.
#pragma once

#include <memory>
#include <string>

#include "plugin/push_adapter.h"
#include "tests/contract/push/receipts.h"
#include "tests/support/catch.h"

namespace molva::test {

absl::StatusOr<std::unique_ptr<plugin::PushPlugin>> TryOpen(const std::string& name,
                                                            const std::string& config,
                                                            plugin::PushOptions options = {});
std::unique_ptr<plugin::PushPlugin> Open(const std::string& name, const std::string& config,
                                         plugin::PushOptions options = {});

}  // namespace molva::test
