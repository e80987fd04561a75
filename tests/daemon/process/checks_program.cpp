// The checks role alone, for checks_process_test.
#include "daemon/process/checks_process.h"
#include "daemon/process/supervisor.h"

int main() {
  evenkeel::daemon::run_checks_process(evenkeel::daemon::kChannelDescriptor);
}
