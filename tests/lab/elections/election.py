"""An election between two kinds of speakers: the right owner, one owner, no flapping, whoever begins, ends and returns."""

import time

from routers import Speaker

from lablib.host import wait_until


class Election:
    """The preferred router on lb1, the other on lb2."""

    def __init__(self, segment, router, preferred, other):
        """preferred, other: kinds of Speaker."""
        self.segment = segment
        self.router = router
        lb1, lb2 = segment.nodes
        if router.is_unicast:
            self._make_known(lb1, lb2)
        priorities = {lb1: 150, lb2: 100}
        self.preferred = Speaker(preferred, lb1, self.router, priorities)
        self.other = Speaker(other, lb2, self.router, priorities)
        self._measured = []

    def _make_known(self, *nodes):
        """Who is cut off answers no ARP; after half a minute nothing that is sent to it would be on the wire."""
        for node in nodes:
            node.ip(*[f"neigh replace {other.address(self.router.family)} lladdr {other.mac()} dev eth0 nud permanent"
                      for other in nodes if other is not node])

    def elections(self):
        return self.preferred.became_master(), self.other.became_master()

    def stays_with(self, owner, seconds):
        """One owner, on the wire and in the kernels, all that time."""
        loser = self.other if owner is self.preferred else self.preferred
        before = self.elections()
        began = time.time()
        while time.time() < began + seconds:
            assert owner.is_master() and not loser.is_master()
            time.sleep(min(0.2, seconds))
        sent = self.segment.recorder.sent(since=began, virtual_router_id=61)
        assert {each.port for each in sent} == {owner.node.port}
        assert len(sent) >= (time.time() - began) / self.router.interval - 2
        assert self.elections() == before

    def comes_to(self, owner, since, seconds):
        """It becomes the one that advertises; `seconds` after `since` (wall clock) at the latest."""
        recorder = self.segment.recorder

        def owns():
            return [each for each in recorder.sent(owner.node.port, since=since) if each.priority > 0]

        recorder.wait_for(owns, seconds + 10)
        self._measured.append((owner, owns()[0].at - since, seconds))
        wait_until(lambda: owner.is_master(), 2)

    def was_in_time(self, allowance):
        """Whatever came to somebody."""
        for owner, measured, bound in self._measured:
            print(f"{owner}: master after {measured * 1000:.1f} ms; {bound * 1000:.1f} ms allowed, "
                  f"{allowance * 1000:.1f} ms more for the machine")
            assert measured <= bound + allowance

    def hold(self, end, quiet, sleeper):
        """The preferred one comes, ends and returns. end: "stop" or "crash"; quiet: seconds without an election."""
        router, preferred, other = self.router, self.preferred, self.other
        # FRR over IPv6 cannot send the first advertisement of a takeover: its macvlan is not up yet.
        silence = router.interval if other.kind == "frr" and router.family == 6 else 0
        preferred.start().wait_for_master()
        other.start()
        self.stays_with(preferred, quiet / 2)
        assert self.elections() == (1, 0)

        if end == "stop":
            stopped = preferred.stop()
            self.comes_to(other, stopped, router.skew(100) + silence + 0.1)
            assert not preferred.is_master()
        else:
            self.segment.cut(preferred.node)
            last = self.segment.recorder.delivered(other.node.port)[-1].at
            preferred.crash()
            self.comes_to(other, last, router.down_interval(100) + silence + 0.02)
        self.stays_with(other, quiet / 2)

        self.segment.mend(preferred.node)
        returned = time.time()
        preferred.start()
        if router.preempt:
            # A start, its time of listening, and the other's last advertisement.
            self.comes_to(preferred, returned, router.down_interval(150) + 2 * router.interval + 1)
            wait_until(lambda: not other.is_master(), 2)
            time.sleep(2 * router.interval)
            self.stays_with(preferred, quiet)
        else:
            time.sleep(router.down_interval(150) + router.interval)
            self.stays_with(other, quiet)
        assert self.elections() == (2 if router.preempt else 1, 1)
        self.was_in_time(sleeper.allowance())
