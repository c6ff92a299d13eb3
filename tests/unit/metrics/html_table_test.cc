#include "metrics/html_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ringtail::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(HtmlEscaped, LeavesNothingThatCouldBecomeMarkup) {
  EXPECT_EQ(html_escaped("<a href='x' id=\"y\">&amp;"),
            "&lt;a href=&#39;x&#39; id=&quot;y&quot;&gt;&amp;amp;");
}

TEST(HtmlEscaped, ShowsWhatIsNotPrintableAsTheLogDoes) {
  EXPECT_EQ(html_escaped(std::string("a\0b\x1b[2J\xe2\x80\xae\xff\r", 12)),
            "a\\x00b\\x1b[2J\\xe2\\x80\\xae\\xff\\x0d");
}

TEST(HtmlEscaped, KeepsTheEndsOfLines) { EXPECT_EQ(html_escaped("tcp\nor udp"), "tcp\nor udp"); }

TEST(HtmlEscaped, LeavesOnlyHarmlessCharactersOfAllBytes) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string html = html_escaped(std::string(1, static_cast<char>(byte)));
    EXPECT_THAT(html, testing::MatchesRegex("[a-zA-Z0-9 !#$%()*+,./:;=?@^_`{|}~[\\\\-]|\\]|\n|"
                                            "&[a-z0-9#]+;|\\\\x[0-9a-f][0-9a-f]"))
        << byte;
  }
}

TEST(HtmlTable, HasHeadersForItsColumnsAndRows) {
  HtmlTable table("Captures", {{"capture"}, {"packets", true}});
  table.add_row({{.text = "web"}, {.text = "1.23 M", .title = "1234567"}});
  const std::string html = table.html();
  EXPECT_THAT(html, HasSubstr("<h2>Captures</h2>"));
  EXPECT_THAT(html, HasSubstr("<th scope=col>capture</th><th scope=col class=number>packets</th>"));
  EXPECT_THAT(html, HasSubstr("<tr><th scope=row>web</th>"
                              "<td class=number title=\"1234567\">1.23 M</td></tr>\n"));
}

TEST(HtmlTable, EscapesHeadingsTitlesAndCells) {
  const std::string hostile = "\"><script>alert('x')</script>";
  HtmlTable table(hostile, {{hostile}});
  table.add_row({{.text = hostile, .title = hostile}});
  EXPECT_THAT(table.html(), Not(HasSubstr("<script")));
  EXPECT_THAT(table.html(), Not(HasSubstr("\"\">")));
}

TEST(HtmlTable, MarksTheToneOfACellAndKeepsNumbersFlushRight) {
  HtmlTable table("T", {{"a"}, {"b", true}, {"c"}, {"d", true}});
  table.add_row({{.text = "1", .tone = HtmlCell::Tone::kAlert},
                 {.text = "2", .tone = HtmlCell::Tone::kAlert},
                 {.text = "3", .tone = HtmlCell::Tone::kCode},
                 {.text = "4", .tone = HtmlCell::Tone::kQuiet}});
  EXPECT_THAT(table.html(), HasSubstr("<th scope=row class=alert>1</th>"
                                      "<td class=\"number alert\">2</td><td class=code>3</td>"
                                      "<td class=\"number quiet\">4</td>"));
}

TEST(HtmlTable, DrawsABarForAShareAlsoForOneThatCannotBe) {
  HtmlTable table("T", {{"a"}});
  for (const double share : {0.375, -1.0, 7.0}) table.add_row({{.text = "x", .share = share}});
  for (const char* bar : {"\"37%\"", "\"0%\"", "\"100%\""})
    EXPECT_THAT(table.html(), HasSubstr(std::string("<rect width=") + bar));
}

}  // namespace
}  // namespace ringtail::metrics
