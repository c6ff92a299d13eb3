#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ringtail::settings {

// Where something stands in a file, counted from 1; {0, 0} is the file as a whole.
struct Place {
  int line = 0;
  int column = 0;
};

struct Problem {
  Place place;
  std::string path;  // "captures[0].ring.memory"; empty for the file as a whole
  std::string text;
};

// Gathers every problem of one file while it is read, and remembers where each path stood, so that
// what only shows later (a sum that does not fit) still names its line.
class Report {
 public:
  // Leaves the key or element at scope exit. The report must outlive it.
  class Step {
   public:
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step() { report_.path_.resize(length_); }

   private:
    friend class Report;
    Step(Report& report, std::size_t length) : report_(report), length_(length) {}
    Report& report_;
    std::size_t length_;
  };

  [[nodiscard]] Step enter(std::string_view key, Place place);
  [[nodiscard]] Step enter(std::size_t index, Place place);

  void wrong(Place place, std::string text);
  // At the place of `path`, or of the nearest thing around it that the file has.
  void wrong_at(std::string_view path, std::string text);

  // Whether a problem was found in, or around, what `path` names: then whatever follows from it is
  // not worth a second line.
  [[nodiscard]] bool has_problem_with(std::string_view path) const;

  // "name:line:column: path: text", in the order of the file.
  [[nodiscard]] std::vector<std::string> lines(std::string_view name) const;

 private:
  void remember(Place place) { places_.emplace(path_, place); }

  std::string path_;
  std::map<std::string, Place, std::less<>> places_;
  std::vector<Problem> problems_;
};

// `text` on one line and safe for a terminal: control characters as \xNN, cut when it is long.
[[nodiscard]] std::string printable(std::string_view text);
// The same in single quotes.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace ringtail::settings
