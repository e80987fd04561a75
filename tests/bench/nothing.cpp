// The program that spawner_runs runs.
int main() {}
