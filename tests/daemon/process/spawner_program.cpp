// The spawner role alone, for spawner_process_test and spawner_child_test.
#include "daemon/process/spawner_process.h"
#include "daemon/process/supervisor.h"

int main() {
  evenkeel::daemon::run_spawner_process(evenkeel::daemon::kChannelDescriptor);
}
