#include "filter/expression.h"

#include <algorithm>
#include <string_view>

#include "filter/child_process.h"
#include "filter/compiler.h"
#include "filter/cooked.h"
#include "filter/kernel_check.h"
#include "filter/scratch_memory.h"
#include "filter/tokens.h"

namespace ringtail::filter {
namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && !is_blank(c)) || byte == 0x7F;
}

// What libpcap need not see: it would read only up to a NUL, or run out of stack.
void check_text(const std::string& expression) {
  if (expression.size() > kMaxExpressionBytes) {
    throw FilterError(expression, "it is " + std::to_string(expression.size()) +
                                      " bytes long; at most " +
                                      std::to_string(kMaxExpressionBytes) + " are read");
  }
  const auto control = std::ranges::find_if(expression, is_control);
  if (control != expression.end()) {
    throw FilterError(expression, "there is a control character in it",
                      static_cast<std::size_t>(control - expression.begin()));
  }
  if (nesting_depth(expression) > kMaxNestingDepth) {
    throw FilterError(expression,
                      "its parentheses nest deeper than " + std::to_string(kMaxNestingDepth));
  }
}

Answer answer_of_child(const std::string& expression, const Target& target) {
  const ChildOutcome outcome =
      run_in_child([&](int pipe) { answer_to(pipe, expression, target); }, target.deadline);
  if (auto answer = answer_from(outcome.output)) return std::move(*answer);
  if (outcome.end == ChildEnd::kDeadline) {
    const auto seconds = std::chrono::duration<double>(target.deadline).count();
    std::string text = std::to_string(seconds);
    text.resize(text.find('.') + 2);
    throw FilterError(expression, "libpcap did not compile it within " + text +
                                      " s: a net in place of many hosts is faster, and name "
                                      "servers have to answer");
  }
  throw FilterError(expression, "libpcap crashed over it");
}

Compiled take_everything(const Target& target) {
  Compiled compiled;
  compiled.program = {{BPF_RET | BPF_K, 0, 0, target.snaplen}};
  if (target.link_type == kCookedLinkType)
    compiled.program = for_cooked_socket(std::move(compiled.program));
  return compiled;
}

}  // namespace

std::string to_text(How how) {
  switch (how) {
    case How::kLive:
      return "compiled on an interface of this host";
    case How::kPrivateNamespace:
      return "compiled on lo in a private network namespace";
    case How::kDeadHandle:
      return "compiled without an interface";
    case How::kNothing:
      break;
  }
  return "there is nothing to compile";
}

Compiled compile(const std::string& expression, const Target& target) {
  if (target.snaplen == 0 || target.snaplen > kMaxSnaplen)
    throw std::invalid_argument("snaplen " + std::to_string(target.snaplen));
  check_text(expression);
  if (std::ranges::all_of(expression, is_blank)) return take_everything(target);
  Answer answer = answer_of_child(expression, target);
  if (!answer.reason.empty()) throw FilterError(expression, answer.reason, answer.place);
  answer.compiled.program = with_zeroed_memory(std::move(answer.compiled.program));
  const std::string refusal = kernel_refusal(answer.compiled.program);
  if (!refusal.empty()) throw FilterError(expression, refusal);
  return std::move(answer.compiled);
}

}  // namespace ringtail::filter
