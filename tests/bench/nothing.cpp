// The program that spawner_runs runs. With a file's name it appends an octet to the file: the runs
// of scripts are counted by that (tests/lab/elections/test_many_scripts.py).
#include <fcntl.h>
#include <unistd.h>

int main(int count, char** arguments) {
  if (count < 2) return 0;
  const int file = ::open(arguments[1], O_WRONLY | O_APPEND | O_CLOEXEC);
  return file >= 0 && ::write(file, "x", 1) == 1 ? 0 : 1;
}
