"""1,000 services x 10 destinations: ratios to a floor and to a peer, interleaved in one run."""

import re
import statistics
import subprocess
import time

from lablib import wait_until
from lablib.binaries import binary
from lablib.config import many_services
from lablib.netlink_tap import NetlinkTap

ROUNDS = 5
OPERATIONS = 1000 * 11


def duration(tap):
    """Seconds from the first write to the last acknowledgement, as seen on the netlink bus."""
    wait_until(lambda: sum(tap.writes().values()) >= OPERATIONS, seconds=60)
    return tap.last_answer - tap.first_write


def test_programming_an_empty_kernel(make_lab, noise):
    """Through the library, and by the daemon itself, against bare netlink messages.

    Each in a network namespace of its own: destinations that were removed stay in the namespace's trash for minutes,
    and every new one is looked for there first.
    """
    took = {"ipvs_floor": [], "ipvs_program": []}
    for _ in range(ROUNDS):
        for name, times in took.items():
            # Without any address a kernel refuses every destination.
            done = subprocess.run(["unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$0"', binary(name)],
                                  text=True, capture_output=True, check=True)
            found = re.search(rf"{name}: {OPERATIONS} operations in ([0-9.]+) ms", done.stdout)
            times.append(float(found.group(1)) / 1000)
    floor, library = (statistics.median(times) for times in took.values())

    # The daemon cannot be timed by itself: it and the floor are seen by the same tap.
    tapped = {"floor": [], "daemon": []}
    for _ in range(3):
        for name, times in tapped.items():
            lab = make_lab(real_servers=0)
            tap = NetlinkTap(lab.lb1)
            if name == "floor":
                lab.lb1.run([binary("ipvs_floor")])
            else:
                lab.lb1.start_evenkeel(many_services(1000, 10))
            times.append(duration(tap))
            tap.close()
            lab.lb1.ipvsadm("-C")
            lab.close()
    bare, daemon = (statistics.median(times) for times in tapped.values())
    print(f"floor {floor * 1000:.0f} ms, library {library * 1000:.0f} ms ({library / floor:.2f}); "
          f"tapped: floor {bare * 1000:.0f} ms, daemon {daemon * 1000:.0f} ms ({daemon / bare:.2f})")
    assert library <= 1.5 * floor
    assert daemon <= 1.5 * bare


def test_status_beside_ipvsadm(make_lab, noise):
    lab = make_lab(real_servers=0)
    evenkeel = lab.lb1.start_evenkeel(many_services(1000, 10))
    wait_until(lambda: evenkeel.status()["kernel"]["state"] == "in_sync", seconds=120, every=0.5)

    def seconds(argv):
        begin = time.monotonic()
        done = lab.lb1.call(argv, stdout=subprocess.DEVNULL)
        took = time.monotonic() - begin
        assert done.returncode in (0, 1), done
        return took

    ours, theirs = [], []
    for _ in range(2 * ROUNDS):
        ours.append(seconds([binary("evenkeel"), "--socket", evenkeel.socket, "status"]))
        theirs.append(seconds(["ipvsadm", "-Ln"]))
    ours, theirs = statistics.median(ours), statistics.median(theirs)
    print(f"evenkeel status {ours * 1000:.0f} ms, ipvsadm -Ln {theirs * 1000:.0f} ms ({ours / theirs:.2f})")
    lines = evenkeel.command("status").stdout.splitlines()
    assert sum(1 for line in lines if line.startswith("  -> 10.8.")) == 10000
    assert ours <= 0.6 * theirs
