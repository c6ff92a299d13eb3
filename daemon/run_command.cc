#include "daemon/run_command.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <system_error>

#include "daemon/capture_filter.h"
#include "daemon/default_interface.h"
#include "daemon/exit_code.h"
#include "daemon/logging.h"
#include "daemon/memory_lock.h"
#include "daemon/privileges.h"
#include "daemon/service.h"
#include "settings/load.h"
#include "settings/quick_start.h"
#include "store/mount_guard.h"

namespace ringtail::daemon {
namespace {

std::optional<settings::Settings> settings_for(const RunOptions& options) {
  if (options.config) {
    settings::Result result = settings::load(*options.config, options.host);
    for (const std::string& error : result.errors) spdlog::error("{}", error);
    return std::move(result.settings);
  }
  const std::optional<std::string> interface = default_interface();
  if (!interface) {
    spdlog::error("no interface is up, so there is nothing to record");
    return std::nullopt;
  }
  spdlog::info("recording {}, at most 1 GiB (`ringtail run --config FILE` for anything else)",
               *interface);
  return settings::quick_start(*interface, options.host, options.format);
}

// Before anything is opened, so that nothing works at first and fails later, when it is opened
// again. The settings are read again as that user: what they may not read is said now, and not at
// the first reload.
std::optional<settings::Settings> settings_as_their_user(const RunOptions& options) {
  std::optional<settings::Settings> settings = settings_for(options);
  if (settings && !settings->user.empty()) {
    const User user = find_user(settings->user);
    const settings::Storage& storage = settings->storage;
    if (storage.require_mount) (void)store::MountGuard(storage.directory);
    if (::geteuid() == 0) hand_over_folder(storage.directory, user);
    become(user);
    settings = settings_for(options);
  }
  keep_capabilities_from_programs();
  return settings;
}

// As much as we may have, not as much as a shell gives.
void raise_limit(decltype(RLIMIT_NOFILE) resource) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(resource, &limit);
}

// Without CAP_NET_RAW the kernel says EPERM; EACCES is about a file, and no capability to record.
int exit_code_of(const std::system_error& error) {
  return error.code() == std::errc::operation_not_permitted ? kNoPrivilege : kFailure;
}

}  // namespace

int run_command(const RunOptions& options) {
  // Who reads our output may go, and a file may hit a limit: both are errors that calls return, and
  // neither must end the recording.
  (void)std::signal(SIGPIPE, SIG_IGN);
  (void)std::signal(SIGXFSZ, SIG_IGN);
  start_logging();
  raise_limit(RLIMIT_NOFILE);   // each ring takes a few descriptors
  raise_limit(RLIMIT_MEMLOCK);  // ring memory that io_uring registers counts as locked
  try {
    const std::optional<settings::Settings> settings = settings_as_their_user(options);
    if (!settings) return options.config ? kBadConfiguration : kFailure;
    if (wants_memory_lock(*settings)) lock_memory();
    return Service(*settings, options.host, options.config).run();
  } catch (const store::DirectoryInUse& error) {
    spdlog::error("{}", error.what());
    return kAlreadyRunning;
  } catch (const FilterFault& error) {
    spdlog::error("{}", error.what());
    return kBadConfiguration;
  } catch (const UnknownUser& error) {
    spdlog::error("{}: {}", options.config->string(), error.what());  // nothing else names a user
    return kBadConfiguration;
  } catch (const std::system_error& error) {
    spdlog::error("{}", error.what());
    return exit_code_of(error);
  } catch (const std::exception& error) {
    spdlog::error("{}", error.what());
    return kFailure;
  }
}

}  // namespace ringtail::daemon
