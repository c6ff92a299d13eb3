#include "settings/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>
#include <utility>

#include "settings/encoding.h"

namespace ringtail::settings {
namespace {

Place place_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};
}

// Makes a tree of yaml-cpp's events rather than of YAML::Load, which keeps one of two duplicate
// keys silently, loses lines and recurses as deep as the text asks. What exceeds a limit is thrown
// as a ParserException: yaml-cpp expects those, and parse_document catches them.
class TreeBuilder : public YAML::EventHandler {
 public:
  [[nodiscard]] std::optional<Node> take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(started_, true))
      throw YAML::ParserException(
          mark, "this does not belong to the document before it; one document is allowed");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    add(make(Node::Kind::kNull, mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    add(make(Node::Kind::kAlias, mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                const std::string& value) override {
    Node node = make(tagged(tag) ? Node::Kind::kTagged : Node::Kind::kScalar, mark);
    node.text = value;
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                       YAML::EmitterStyle::value /*style*/) override {
    open(tagged(tag) ? Node::Kind::kTagged : Node::Kind::kList, mark);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {
    open(tagged(tag) ? Node::Kind::kTagged : Node::Kind::kMapping, mark);
    open_.back().is_mapping = true;
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    bool is_mapping = false;
  };

  // yaml-cpp's own marks: "?" for a plain node, "!" for a quoted one.
  static bool tagged(const std::string& tag) { return !tag.empty() && tag != "?" && tag != "!"; }

  Node make(Node::Kind kind, const YAML::Mark& mark) {
    if (++nodes_ > kMaxNodes)
      throw YAML::ParserException(
          mark, "more than " + std::to_string(kMaxNodes) + " keys and values in one file");
    Node node;
    node.kind = kind;
    node.place = place_of(mark);
    return node;
  }

  void open(Node::Kind kind, const YAML::Mark& mark) {
    if (open_.size() >= kMaxDepth)
      throw YAML::ParserException(mark,
                                  "nested more than " + std::to_string(kMaxDepth) + " levels deep");
    open_.push_back({make(kind, mark)});
  }

  void close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    const bool is_key = parent.is_mapping && parent.node.keys.size() == parent.node.items.size();
    (is_key ? parent.node.keys : parent.node.items).push_back(std::move(node));
  }

  bool started_ = false;
  std::size_t nodes_ = 0;
  std::optional<Node> root_;
  std::vector<Open> open_;
};

void emit(YAML::Emitter& out, const Node& node) {
  if (node.kind == Node::Kind::kScalar) {
    out << node.text;
  } else if (node.kind == Node::Kind::kMapping) {
    out << YAML::BeginMap;
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      out << YAML::Key << node.keys[i].text << YAML::Value;
      emit(out, node.items[i]);
    }
    out << YAML::EndMap;
  } else if (node.kind == Node::Kind::kList) {
    const bool of_scalars = node.items.empty() || node.items[0].kind == Node::Kind::kScalar;
    if (of_scalars) out << YAML::Flow;
    out << YAML::BeginSeq;
    for (const Node& item : node.items) emit(out, item);
    out << YAML::EndSeq;
  }
}

}  // namespace

Node Node::scalar(std::string text) {
  Node node;
  node.kind = Kind::kScalar;
  node.text = std::move(text);
  return node;
}

Node Node::list(std::vector<Node> items) {
  Node node;
  node.kind = Kind::kList;
  node.items = std::move(items);
  return node;
}

Document parse_document(std::string_view text) {
  if (auto problem = wrong_encoding(text)) return {std::nullopt, std::move(problem)};
  try {
    std::istringstream stream{std::string{text}};
    YAML::Parser parser(stream);
    TreeBuilder builder;
    // The second call finds what follows the document; the builder refuses another one.
    if (parser.HandleNextDocument(builder)) (void)parser.HandleNextDocument(builder);
    auto root = builder.take_root();
    return {root ? std::move(*root) : Node{}, std::nullopt};
  } catch (const YAML::Exception& error) {
    return {std::nullopt,
            Problem{place_of(error.mark), "", "cannot be parsed: " + printable(error.msg)}};
  }
}

std::string print_document(const Node& root) {
  YAML::Emitter out;
  emit(out, root);
  return std::string{out.c_str()} + "\n";
}

}  // namespace ringtail::settings
