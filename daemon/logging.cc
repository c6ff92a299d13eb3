#include "daemon/logging.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace ringtail::daemon {
namespace {

// The level as sd-daemon(3) has it: "<6>" and so on.
class JournalLevel : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& to) override {
    const std::string_view prefix = prefix_of(message.level);
    to.append(prefix.data(), prefix.data() + prefix.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return spdlog::details::make_unique<JournalLevel>();
  }

 private:
  static std::string_view prefix_of(spdlog::level::level_enum level) {
    switch (level) {
      case spdlog::level::critical:
        return "<2>";
      case spdlog::level::err:
        return "<3>";
      case spdlog::level::warn:
        return "<4>";
      case spdlog::level::info:
        return "<6>";
      default:
        return "<7>";
    }
  }
};

// Whether standard error is the journal: JOURNAL_STREAM names its device and inode. A child whose
// error output was redirected inherits the variable, not the stream.
bool goes_to_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return false;
  return std::string(stream) == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

}  // namespace

void start_logging() {
  auto logger = std::make_shared<spdlog::logger>("ringtail",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<JournalLevel>('*');
  formatter->set_pattern(goes_to_journal() ? "%*%v" : "%Y-%m-%d %H:%M:%S.%e %l: %v");
  logger->set_formatter(std::move(formatter));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

base::Reporter log_reporter() {
  return [](base::Severity severity, const std::string& text) {
    switch (severity) {
      case base::Severity::kInfo:
        return spdlog::info("{}", text);
      case base::Severity::kWarning:
        return spdlog::warn("{}", text);
      case base::Severity::kError:
        return spdlog::error("{}", text);
    }
  };
}

}  // namespace ringtail::daemon
