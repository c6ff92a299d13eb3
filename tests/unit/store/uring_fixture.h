#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "base/mapping.h"
#include "pcapfile/encoded_run.h"
#include "store/uring.h"
#include "support/temp_folder.h"

namespace ringtail::store {

// The kernel's own io_uring, on a file in a folder of the test's.
class UringTest : public testing::TestWithParam<Uring::Notice> {
 protected:
  void SetUp() override {
    try {
      uring_.emplace([this](const std::string& text) { reports_.push_back(text); }, GetParam());
    } catch (const std::system_error& error) {
      ASSERT_EQ(std::getenv("RINGTAIL_TESTS_MUST_NOT_SKIP"), nullptr) << error.what();
      GTEST_SKIP() << error.what();
    }
    if (uring_->notice() != GetParam()) {
      ASSERT_EQ(std::getenv("RINGTAIL_TESTS_MUST_NOT_SKIP"), nullptr) << "needs Linux 6.1";
      GTEST_SKIP() << "needs Linux 6.1";
    }
    file_.fd = base::UniqueFd(::open(path_.c_str(), O_CREAT | O_RDWR | O_DIRECT | O_CLOEXEC, 0600));
    file_.mode = WriteMode::kUring;
    ASSERT_TRUE(file_.fd) << "the test folder takes no direct writes";
    for (std::size_t i = 0; i < memory_.size(); ++i)
      memory_.data()[i] = static_cast<std::byte>('a' + i / pcapfile::kPageBytes);
  }

  UringWrite page(std::size_t number) {
    return {.file = &file_,
            .offset = number * pcapfile::kPageBytes,
            .data = memory_.bytes().subspan(number * pcapfile::kPageBytes, pcapfile::kPageBytes)};
  }
  [[nodiscard]] std::string on_disk() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  support::TempFolder folder_;
  std::string path_ = folder_.path() / "file";
  base::Mapping memory_ = base::Mapping::anonymous(16 * pcapfile::kPageBytes, "data");
  OpenFile file_;
  std::vector<std::string> reports_;
  std::optional<Uring> uring_;
};

// Of a test for each notice.
inline std::string name_of_notice(const testing::TestParamInfo<Uring::Notice>& parameter) {
  return parameter.param == Uring::Notice::kEvent ? "Event" : "Interrupt";
}

}  // namespace ringtail::store
