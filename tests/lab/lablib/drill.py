"""A load on a pair, and what happens to the pair meanwhile."""

import time

from .topology import VIRTUAL

UNDISTURBED = 2.0  # seconds before the first event
# Seconds: gaps that come without any event, on a good machine and on an emulated one.
ALWAYS_SEEN, SEEN = 0.060, 0.190
# Seconds: an emulated machine stumbles for up to 0.38 s where nothing happens; a longer gap is an outage, wherever it lies.
OUTAGE = 0.500
# Of the client's neighbour table: it does not believe a second announcement so soon after the first.
LOCK_TIME = 1.0


def gap_bounds(undisturbed, allowance):
    """(far from every event, at an event): the longest gaps that are no outage. `undisturbed` is the longest one that was
    seen far from every event."""
    return OUTAGE + allowance, max(min(undisturbed, SEEN), ALWAYS_SEEN) + allowance


class Drill:
    """New connections at a constant rate to every virtual address of the pair, until the end. Gaps far from every event
    are for comparison. `takes`: what the servers need for an answer, seconds; options are start_load()'s."""

    def __init__(self, pair, noise, rate=300, takes=0.0, **options):
        self._noise = noise
        if takes:
            options["path"] = f"/{takes * 1000:.0f}ms"
        self._loads = [pair.lab.client.start_load(VIRTUAL[family], rate=rate / len(pair.families), seconds=300, **options)
                       for family in pair.families]
        self._events = []
        time.sleep(UNDISTURBED)

    def event(self, when):
        """The address has moved, or might have; waits until the next may."""
        self._events.append(when)
        time.sleep(max(0.0, when + LOCK_TIME + 0.3 - time.monotonic()))

    def end(self):
        """Prints, and returns [(LoadResult, longest gap far from every event, [longest gap at each event]), ...]."""
        for load in self._loads:
            load.tell_to_end()
        seen = []
        for load in self._loads:
            result = load.result()
            undisturbed = result.undisturbed_gap(self._events)
            gaps = [result.longest_gap(near=when) for when in self._events]
            print(f"{result}\ngap: undisturbed {undisturbed * 1000:.0f} ms, at the events "
                  f"{', '.join(f'{gap * 1000:.0f}' for gap in gaps)} ms")
            seen.append((result, undisturbed, gaps))
        return seen

    def end_without_failure(self):
        """Nothing failed; returns as end()."""
        seen = self.end()
        for result, _, _ in seen:
            assert result.failed == 0, result
        return seen

    def end_unnoticed(self):
        """Nothing failed, and no event shows in the answers."""
        for _, undisturbed, gaps in self.end_without_failure():
            elsewhere, at_event = gap_bounds(undisturbed, self._noise.allowance())
            assert undisturbed <= elsewhere, undisturbed
            assert max(gaps) <= at_event, gaps
