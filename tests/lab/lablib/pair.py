"""Two nodes on one configuration file, and what is seen of them: who has the addresses, who says so, and when."""

import math
import re
import time

from .address_watch import AddressWatch, overlap
from .advertisements import Recorder
from .config import NAMES, NUMBERS, pair
from .host import wait_until
from .topology import VIRTUAL

_PRIORITIES = {"lb1": 150, "lb2": 100}
LEAST_LEASE = 3.0
LEAVING = 0.2  # what a Master waits for its successor beyond the skew of priority 1
SEEING = 0.1  # what our own looking may add


class Pair:
    """evenkeel on lb1 and lb2, with lb1 preferred; started, watched, and ended with close().

    `keys` are those of config.pair(), unless the whole `text` is given. Times are seconds of time.monotonic().
    """

    def __init__(self, lab, families=(4,), interval=1.0, respawn=False, nodes=("lb1", "lb2"), text=None, **keys):
        self.lab = lab
        self.interval = interval
        self.families = families
        self.config = text or pair(lab.real_servers, families=families, interval=f"{interval * 1000:.0f}ms", **keys)
        self.recorder = Recorder(lab.host("switch"))
        self.watches = {name: AddressWatch(lab.host(name)) for name in ("lb1", "lb2")}
        self._wall = time.time() - time.monotonic()
        self.nodes = {name: lab.host(name).start_evenkeel(self.config, respawn=respawn, wait=False) for name in nodes}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.recorder.close()
        for watch in self.watches.values():
            watch.close()

    @property
    def lb1(self):
        return self.nodes["lb1"]

    @property
    def lb2(self):
        return self.nodes["lb2"]

    def wait_until_ready(self, master="lb1", seconds=30):
        """Every node balances over every real server, and one has all addresses."""
        wanted = len(self.lab.real_servers)
        for name, node in self.nodes.items():
            node.wait_for_notice("READY=1", seconds)
            for family in self.families:
                service = f"tcp {VIRTUAL[family]}:80" if family == 4 else f"tcp [{VIRTUAL[family]}]:80"
                wait_until(lambda: len(self.lab.host(name).weights(service)) == wanted, seconds)
        self.wait_for_owner(master, seconds)

    # Who has the addresses.

    def owners(self, family=4):
        return [name for name, watch in self.watches.items() if watch.holds(VIRTUAL[family])]

    def wait_for_owner(self, name, seconds=10):
        """It has every address, the other none; returns when that was seen."""
        wait_until(lambda: all(self.owners(family) == [name] for family in self.families), seconds, every=0.02)
        return time.monotonic()

    def wait_for(self, name, seconds=10):
        """It has every address; returns since when."""
        wait_until(lambda: all(self.watches[name].holds(VIRTUAL[family]) for family in self.families), seconds,
                   every=0.02)
        return max(self.watches[name].spans(VIRTUAL[family])[-1][0] for family in self.families)

    def changes(self, since):
        """How often an address came to a node or left it."""
        return sum(watch.changes(VIRTUAL[family], since) for watch in self.watches.values() for family in self.families)

    def both_held(self, since, family=4):
        """The longest time for which both nodes held the address, of what lies after `since`."""
        def after(spans):
            return [(max(begin, since), end) for begin, end in spans if end is None or end > since]
        one, other = (after(watch.spans(VIRTUAL[family])) for watch in self.watches.values())
        return overlap(one, other, time.monotonic())

    def neighbour(self, family=4):
        """Whom the client takes for the virtual address: "lb1", "lb2", None."""
        shown = self.lab.client.run(["ip", "neigh", "show", VIRTUAL[family]])
        for name in self.watches:
            link = self.lab.host(name).run(["ip", "-o", "link", "show", "eth0"])
            if re.search("link/ether ([0-9a-f:]+)", link).group(1) in shown:
                return name
        return None

    # What they say.

    def advertised(self, name, since=0.0, until=float("inf"), family=4, **fields):
        """[(when, priority), ...] of what a node has sent."""
        return [(each.at - self._wall, each.priority)
                for each in self.recorder.sent(f"{name}-out", since + self._wall, until + self._wall,
                                               virtual_router_id=NUMBERS[family], **fields)]

    def two_masters(self, since, family=4):
        """The longest time for which each of both said that it is Master: from when the second one spoke up until the
        last advertisement of either; 0 when never."""
        spans = {name: self._spans_as_master(self.advertised(name, since, family=family)) for name in self.watches}
        return overlap(spans["lb1"], spans["lb2"], time.monotonic())

    def _spans_as_master(self, said):
        """(first, last) of every uninterrupted series."""
        spans = []
        last = None
        for when, priority in said:
            if priority == 0:
                last = None
                continue
            if last is not None and when - last < 3.5 * self.interval:
                spans[-1] = (spans[-1][0], when)
            else:
                spans.append((when, when))
            last = when
        return spans

    def reload(self, settings="", **keys):
        """Another file, on every node; `settings`: TOML text that it begins with."""
        self.config = settings + pair(self.lab.real_servers, families=self.families,
                                      interval=f"{self.interval * 1000:.0f}ms", **keys)
        for node in self.nodes.values():
            done = node.reload(self.config)
            assert done.returncode == 0, done.stderr

    # From the protocol's formulas (RFC 9568 section 6.1) and vrrp/README.md.

    def skew(self, name="lb2"):
        return self.interval * (256 - _PRIORITIES[name]) / 256

    def down_interval(self, name="lb2"):
        return 3 * self.interval + self.skew(name)

    def lease(self, name="lb1"):
        """The kernel counts in whole seconds."""
        return math.ceil(max(LEAST_LEASE, 1.2 * self.down_interval(name)))

    def master_log(self, name):
        """Its log's lines about becoming Master."""
        return [line for line in self.nodes[name].log_lines("entering MASTER state")
                if any(f"instance {NAMES[family]}:" in line for family in self.families)]
