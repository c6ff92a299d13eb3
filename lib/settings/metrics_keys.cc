#include <arpa/inet.h>

#include <array>
#include <limits>

#include "base/decimal.h"
#include "settings/schema.h"
#include "settings/value.h"

// The keys below `metrics`.
namespace ringtail::settings {
namespace {

constexpr std::string_view kListenAllowed =
    "a numeric address and a port, such as 127.0.0.1:9477 or \"[::1]:9477\"";

bool is_address(int family, const std::string& text) {
  in6_addr address{};  // the larger of the two
  return ::inet_pton(family, text.c_str(), &address) == 1;
}

std::optional<Metrics> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = base::parse_decimal(text.substr(colon + 1));
  if (!port || *port > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;

  std::string address{text.substr(0, colon)};
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  if (!is_address(bracketed ? AF_INET6 : AF_INET, address)) return std::nullopt;
  return Metrics{.address = address, .port = static_cast<std::uint16_t>(*port)};
}

void read_listen(const Node& node, Report& report, Target target) {
  const auto text = read_line(node, kListenAllowed, report);
  if (!text) return;
  const auto metrics = parse_listen(*text);
  if (!metrics) return refuse(node, "is no address to listen on", kListenAllowed, report);
  target.settings.metrics = *metrics;
}

Node write_listen(Source source) {
  const Metrics& metrics = source.settings.metrics;
  const bool is_ipv6 = metrics.address.find(':') != std::string::npos;
  const std::string address = is_ipv6 ? "[" + metrics.address + "]" : metrics.address;
  return Node::scalar(address + ":" + std::to_string(metrics.port));
}

constexpr std::array kMetricsKeys = {
    Key{.name = "listen", .read = read_listen, .write = write_listen}};

}  // namespace

std::span<const Key> metrics_keys() { return kMetricsKeys; }

}  // namespace ringtail::settings
