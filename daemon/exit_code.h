#pragma once

namespace ringtail::daemon {

// What the process ends with. Scripts and systemd units rely on these numbers.
enum ExitCode : int {
  kOk = 0,                // did what was asked
  kFailure = 1,           // something outside of our control failed; the message says what
  kUsage = 2,             // the command line makes no sense
  kBadConfiguration = 3,  // the settings cannot work; every reason was printed
  kAlreadyRunning = 4,    // another Ringtail uses this directory
  kNoPrivilege = 5,       // capturing needs CAP_NET_RAW
  kDrainIncomplete = 6,   // stopped at its deadline, with packets lost that had been received
};

}  // namespace ringtail::daemon
