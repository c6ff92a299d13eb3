#include "store/sidecar.h"

#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <concepts>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <utility>

#include "base/decimal.h"
#include "base/escaped.h"

namespace ringtail::store {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<Sidecar::Origin, std::string_view>, 3> kOrigins = {{
    {Sidecar::Origin::kRecorded, "recorded"},
    {Sidecar::Origin::kRecovered, "recovered"},
    {Sidecar::Origin::kRebuilt, "rebuilt"},
}};
constexpr std::size_t kFractionDigits = 9;

std::string time_text(PacketTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  char text[48];
  (void)std::snprintf(text, sizeof text, "%lld.%09lld",
                      static_cast<long long>(seconds.time_since_epoch().count()),
                      static_cast<long long>((time - seconds).count()));
  return text;
}

json::object json_window(const RingCounts& window) {
  json::object dropped;
  for (std::size_t reason = 0; reason < kDropReasonCount; ++reason)
    dropped[name_of(static_cast<DropReason>(reason))] = window.dropped[reason];
  return dropped;
}

// What reading a damaged text throws, for parse_sidecar() alone to catch.
[[noreturn]] void damaged() { throw std::invalid_argument("damaged"); }

const json::value& member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) damaged();
  return *value;
}

template <std::unsigned_integral Number>
Number number(const json::object& object, std::string_view name) {
  json::error_code error;
  const auto value = member(object, name).to_number<std::uint64_t>(error);
  const bool whole = member(object, name).is_int64() || member(object, name).is_uint64();
  if (error || !whole || value > std::numeric_limits<Number>::max()) damaged();
  return static_cast<Number>(value);
}

std::string_view text(const json::object& object, std::string_view name) {
  const json::string* value = member(object, name).if_string();
  if (value == nullptr) damaged();
  return *value;
}

PacketTime time(const json::object& object, std::string_view name) {
  std::string_view rest = text(object, name);
  const auto seconds = base::parse_decimal(base::take_digits(rest));
  const bool shaped = seconds && *seconds <= std::numeric_limits<std::uint32_t>::max() &&
                      rest.size() == 1 + kFractionDigits && rest.front() == '.';
  if (!shaped) damaged();
  rest.remove_prefix(1);
  const auto nanoseconds = base::parse_decimal(rest);
  if (!nanoseconds) damaged();
  return PacketTime(std::chrono::seconds(*seconds) + std::chrono::nanoseconds(*nanoseconds));
}

Sidecar::Origin origin(const json::object& object) {
  const std::string_view name = text(object, "origin");
  for (const auto& [origin, its_name] : kOrigins)
    if (name == its_name) return origin;
  damaged();
}

RingCounts window(const json::object& object) {
  RingCounts window{.received = number<std::uint64_t>(object, "received")};
  const json::object* dropped = member(object, "dropped").if_object();
  if (dropped == nullptr) damaged();
  for (std::size_t reason = 0; reason < kDropReasonCount; ++reason)
    window.dropped[reason] =
        number<std::uint64_t>(*dropped, name_of(static_cast<DropReason>(reason)));
  return window;
}

Sidecar sidecar_from(const json::object& object) {
  Sidecar sidecar{.origin = origin(object),
                  .capture = std::string(text(object, "capture")),
                  .interface = std::string(text(object, "interface")),
                  .worker = number<unsigned>(object, "worker"),
                  .linktype = number<std::uint32_t>(object, "linktype"),
                  .first = time(object, "first"),
                  .last = time(object, "last"),
                  .packets = number<std::uint64_t>(object, "packets"),
                  .bytes = number<std::uint64_t>(object, "bytes"),
                  .window = {}};
  if (sidecar.origin == Sidecar::Origin::kRecorded) sidecar.window = window(object);
  return sidecar;
}

}  // namespace

std::string to_text(const Sidecar& sidecar) {
  std::string_view origin;
  for (const auto& [its, name] : kOrigins)
    if (its == sidecar.origin) origin = name;
  json::object object{{"version", Sidecar::kVersion},
                      {"origin", origin},
                      {"capture", base::escaped(sidecar.capture)},
                      {"interface", base::escaped(sidecar.interface)},
                      {"worker", sidecar.worker},
                      {"linktype", sidecar.linktype},
                      {"first", time_text(sidecar.first)},
                      {"last", time_text(sidecar.last)},
                      {"packets", sidecar.packets},
                      {"bytes", sidecar.bytes}};
  if (sidecar.window) {
    object["received"] = sidecar.window->received;
    object["dropped"] = json_window(*sidecar.window);
  }
  return json::serialize(object) + '\n';
}

SidecarText parse_sidecar(std::string_view text) {
  using Kind = SidecarText::Kind;
  json::error_code error;
  const json::value root = json::parse(text, error);
  if (error || !root.is_object()) return {};
  try {
    const json::object& object = root.get_object();
    if (number<std::uint64_t>(object, "version") != Sidecar::kVersion)
      return {.kind = Kind::kOtherVersion, .sidecar = {}};
    return {.kind = Kind::kSidecar, .sidecar = sidecar_from(object)};
  } catch (const std::invalid_argument&) {
    return {};
  }
}

}  // namespace ringtail::store
