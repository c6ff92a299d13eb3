#include "filter/expression_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>
#include <system_error>

#include "filter/expression.h"
#include "support/temp_folder.h"

namespace ringtail::filter {
namespace {

class ExpressionFile : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& text) const {
    std::filesystem::path path = folder_.path() / "filter";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  support::TempFolder folder_;
};

TEST_F(ExpressionFile, IsReadAsItIs) {
  EXPECT_EQ(read_expression_file(write("tcp\nor udp\n")), "tcp\nor udp\n");
}

TEST_F(ExpressionFile, MayHaveComments) {
  EXPECT_EQ(read_expression_file(write("#a\ntcp # web\nor udp#b")), "  \ntcp      \nor udp  ");
}

TEST_F(ExpressionFile, MayBeEmpty) { EXPECT_EQ(read_expression_file(write("")), ""); }

TEST_F(ExpressionFile, IsLimitedInSize) {
  const std::string largest(kMaxExpressionBytes, ' ');
  EXPECT_EQ(read_expression_file(write(largest)), largest);
  EXPECT_THROW((void)read_expression_file(write(largest + " ")), std::length_error);
  EXPECT_THROW((void)read_expression_file("/dev/zero"), std::length_error);
}

TEST_F(ExpressionFile, ThatCannotBeReadIsNamed) {
  for (const std::string path : {"/nonexistent/filter", "/"}) {
    try {
      (void)read_expression_file(path);
      FAIL();
    } catch (const std::system_error& error) {
      EXPECT_NE(std::string(error.what()).find(path), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace ringtail::filter
