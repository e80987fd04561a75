#!/usr/bin/python3
"""rounds.py FILE...: what the demo's rounds beside busy loops have shown, a line an event and a column a round.

A FILE has a round's lines (demo.py, EVENKEEL_DEMO_LINES); one that is not there is a round that did not come to its end.
Exit status 0: nothing was missed, and each event was judged in one of the rounds at least.
"""

import json
import sys

MISSED, NOT_JUDGED, NOT_RUN = "MISSED", "not judged", "not run"


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return []


def compare(rounds):
    """rounds: [[(event, verdict, sleepers), ...], ...]. Returns ({event: [(verdict, sleepers) of each round]}, faults)."""
    events = list(dict.fromkeys(event for lines in rounds for event, _, _ in lines))
    table = {event: [next(((verdict, late) for name, verdict, late in lines if name == event), (NOT_RUN, ""))
                     for lines in rounds] for event in events}
    faults = [f"round {number} did not come to its end" for number, lines in enumerate(rounds, 1) if not lines]
    for event, seen in table.items():
        verdicts = {verdict for verdict, _ in seen}
        if MISSED in verdicts:
            faults.append(f"{event}: missed")
        elif verdicts <= {NOT_JUDGED, NOT_RUN}:
            faults.append(f"{event}: judged in no round")
    return table, faults


def main():
    table, faults = compare([read(path) for path in sys.argv[1:]])
    print("\n== what the rounds have shown, and how late sleepers beside them were")
    for event, seen in table.items():
        print(f"{event:<28}" + "".join(f" {verdict:<10} {late:>11} |" for verdict, late in seen))
    print("\n".join(faults) or "nothing was missed, and everything was judged at least once")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
