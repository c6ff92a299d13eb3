#include "settings/print.h"

#include "settings/document.h"
#include "settings/schema.h"

namespace ringtail::settings {

std::string print(const Settings& settings) { return print_document(write_settings(settings)); }

}  // namespace ringtail::settings
