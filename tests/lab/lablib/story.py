"""How the demo speaks: chapters, commands with what they printed, and the last table."""

import sys


class Story:
    """Says what happens, and keeps the lines of the last table."""

    def __init__(self):
        self._rows = []

    @staticmethod
    def chapter(text):
        print(f"\n\033[1m== {text}\033[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)

    @staticmethod
    def say(text):
        print("\n".join("  " + line for line in text.rstrip().splitlines()), flush=True)

    def show(self, command, text):
        print(f"$ {command}")
        self.say(text)

    def row(self, event, load, bound, gap, gap_bound):
        """One event: at most `bound` requests may fail, and the gap near it be no longer than gap_bound seconds."""
        good = load.failed <= bound and gap <= gap_bound
        self._rows.append((event, load.sent, load.failed, bound, f"{gap * 1000:.0f} ms (<{gap_bound * 1000:.0f})", good))
        failures = ", ".join(f"{count} {kind}" for kind, count in load.failures.items())
        self.say(f"the client: {load.sent} requests, {load.failed} failed{f' ({failures})' if failures else ''}, "
                 f"longest gap {gap * 1000:.0f} ms")

    def fact(self, event, good, detail=""):
        """One event that no request measures."""
        self._rows.append((event, "", "", "", detail, good))
        self.say(f"{event}{f': {detail}' if detail else ''}: {'as it should be' if good else 'NOT as it should be'}")

    def table(self):
        """Prints it; True if every line is good."""
        self.chapter("what the client saw")
        head = f"{'event':<50} {'sent':>6} {'failed':>6} {'at most':>7} {'longest gap':>18}  "
        print(head)
        print("-" * (len(head) + 2))
        for event, sent, failed, bound, shown, good in self._rows:
            print(f"{event:<50} {sent:>6} {failed:>6} {bound:>7} {shown:>18}  {'ok' if good else 'MISSED'}")
        missed = sum(not row[-1] for row in self._rows)
        print(f"\n{len(self._rows) - missed} passed, {missed} failed", flush=True)
        return missed == 0
