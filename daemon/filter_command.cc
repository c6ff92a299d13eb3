#include "daemon/filter_command.h"

#include <algorithm>
#include <ostream>
#include <stdexcept>
#include <system_error>

#include "daemon/exit_code.h"
#include "daemon/recorded_link.h"
#include "filter/expression_file.h"
#include "filter/listing.h"
#include "ring/interface.h"

namespace ringtail::daemon {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

filter::Target target_for(const FilterOptions& options) {
  return {.interface = options.interface,
          .link_type = std::string(ring::link_type_of(hardware_type_of(options.interface)).name),
          .snaplen = options.snaplen == 0 ? filter::kMaxSnaplen : options.snaplen,
          .optimize = options.optimize};
}

filter::ListingStyle style_of(int listing) {
  if (listing == 1) return filter::ListingStyle::kPeople;
  return listing == 2 ? filter::ListingStyle::kCArray : filter::ListingStyle::kDecimal;
}

void tell_notes(const filter::Compiled& compiled, std::ostream& err) {
  for (const filter::ResolvedName& name : compiled.names) err << to_text(name) << '\n';
  if (!compiled.unchecked.empty()) err << "not checked: " << compiled.unchecked << '\n';
}

std::string summary(const filter::Compiled& compiled, const std::string& link_type) {
  const std::size_t size = compiled.program.size();
  return "ok: " + std::to_string(size) + (size == 1 ? " instruction" : " instructions") + " for " +
         link_type + ", " + to_text(compiled.how) + "\n";
}

int compile_and_tell(const FilterOptions& options, std::ostream& out, std::ostream& err) {
  const std::string expression =
      options.file ? filter::read_expression_file(*options.file) : joined(options.words);
  const filter::Target target = target_for(options);
  const filter::Compiled compiled = filter::compile(expression, target);
  tell_notes(compiled, err);
  if (options.listing > 0) {
    out << filter::listing(compiled.program, style_of(options.listing));
  } else {
    out << summary(compiled, target.link_type);
  }
  // `filter -dd > file` on a full disk must not look like success.
  if (out.flush()) return kOk;
  err << "the filter is in order, but the output cannot be written\n";
  return kFailure;
}

}  // namespace

int filter_command(const FilterOptions& options, std::ostream& out, std::ostream& err) {
  const std::string& interface = options.interface;
  try {
    if (!interface.empty() &&
        !ring::look_up_interface(ring::open_lookup_socket().get(), interface)) {
      err << "there is no interface "
          << interface << "; `ringtail interfaces` lists what there is\n";
      return kFailure;
    }
    return compile_and_tell(options, out, err);
  } catch (const filter::FilterError& error) {
    err << error.what() << '\n';
    return kBadConfiguration;
  } catch (const std::length_error& error) {
    err << error.what() << '\n';
    return kBadConfiguration;
  } catch (const std::system_error& error) {
    err << error.what() << '\n';
    return kFailure;
  }
}

}  // namespace ringtail::daemon
