"""What the load client saw, and the questions that a scenario asks of it."""

import collections
import json


class Load:
    """Under way."""

    def __init__(self, process, output, seconds):
        self._process = process
        self._output = output
        self._seconds = seconds

    def tell_to_end(self):
        """No new requests; result() comes soon."""
        self._process.terminate()

    def result(self):
        """Waits for its end."""
        status = self._process.wait(self._seconds + 60)
        assert status == 0, f"evenkeel-load: exit status {status}"
        with open(self._output, encoding="ascii") as file:
            return LoadResult(json.load(file))


class LoadResult:
    """Times are seconds of time.monotonic(), durations seconds."""

    def __init__(self, measured):
        started = measured["started"]
        self.started = started
        self.ended = started + measured["seconds"]  # of sending; the last answers may come later
        self.rate = measured["rate"]
        self.requests = [(started + due, took / 1000, outcome, server)
                         for due, took, outcome, server in measured["requests"]]
        self.sent = len(self.requests)
        self.answered = sum(1 for request in self.requests if request[2] == "ok")
        self.failures = collections.Counter(request[2] for request in self.requests if request[2] != "ok")
        self.failed = self.sent - self.answered
        self.servers = collections.Counter(request[3] for request in self.requests if request[2] == "ok")

    def __repr__(self):
        return (f"<load: {self.sent} sent, {self.failed} failed {dict(self.failures)}, longest gap "
                f"{self.longest_gap() * 1000:.0f} ms, p50 {self.latency(50) * 1000:.1f} ms, "
                f"p99 {self.latency(99) * 1000:.1f} ms, by server {dict(self.servers)}>")

    def latency(self, percentile):
        """Of the answered requests, from when each was due."""
        took = sorted(request[1] for request in self.requests if request[2] == "ok")
        if not took:
            return float("inf")
        return took[min(len(took) - 1, int(len(took) * percentile / 100))]

    def gaps(self):
        """(begin, length) of each stretch without an answer, while requests were sent."""
        ends = sorted(request[0] + request[1] for request in self.requests if request[2] == "ok")
        marks = [self.started, *(end for end in ends if end < self.ended), self.ended]
        return [(before, after - before) for before, after in zip(marks, marks[1:])]

    def longest_gap(self, near=None, within=1.0):
        """The longest stretch without an answer; with `near`, of those that begin or end within a second of it."""
        return max((length for begin, length in self.gaps()
                    if near is None or begin - within <= near <= begin + length + within), default=0.0)

    def undisturbed_gap(self, events, within=1.0):
        """The longest stretch without an answer after the first one, of those that longest_gap() counts for none of these
        events."""
        return max((length for begin, length in self.gaps()[1:]
                    if not any(begin - within <= near <= begin + length + within for near in events)), default=0.0)

    def between(self, begin, end):
        """Requests that were due in this stretch."""
        return [request for request in self.requests if begin <= request[0] < end]

    def failed_between(self, begin, end):
        return [request for request in self.between(begin, end) if request[2] != "ok"]
