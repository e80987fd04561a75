"""1,000 services x 10 destinations: ratios to a floor and to a peer, interleaved in one run."""

import re
import statistics
import subprocess
import time

from lablib import wait_until
from lablib.binaries import binary
from lablib.config import many_services
from lablib.netlink_tap import NetlinkTap

ROUNDS = 4
OPERATIONS = 1000 * 11


def duration(tap):
    """Seconds from the first write to the last acknowledgement, as seen on the netlink bus."""
    wait_until(lambda: sum(tap.writes().values()) >= OPERATIONS, seconds=60)
    return tap.last_answer - tap.first_write


def test_programming_an_empty_kernel(make_lab, noise):
    """The daemon against bare netlink messages, seen by the same tap.

    Each on a node of its own, all of them made beforehand: removed destinations stay in a node's trash for minutes,
    where every new one is looked for first, and a node that is taken away keeps the kernel busy for seconds.
    """
    lab = make_lab(balancers=2 * ROUNDS, real_servers=0)
    subprocess.run(["modprobe", "ip_vs_wlc"], check=True)
    took = {"floor": [], "daemon": []}
    for index in range(2 * ROUNDS):
        node = lab.host(f"lb{index + 1}")
        tap = NetlinkTap(node)
        if index % 2 == 0:
            node.run([binary("ipvs_floor")])
            took["floor"].append(duration(tap))
        else:
            evenkeel = node.start_evenkeel(many_services(1000, 10))
            took["daemon"].append(duration(tap))
            assert evenkeel.stop() == 0
        tap.close()
    floor, daemon = (statistics.median(times) for times in took.values())
    print(f"floor {floor * 1000:.0f} ms, daemon {daemon * 1000:.0f} ms ({daemon / floor:.2f}), {took}")
    assert daemon <= 1.5 * floor


def test_programming_through_the_library(noise):
    """The same without a daemon around it; in a namespace of its own each, for the same reason.

    These are so short that the machine's other work decides about a median; what disturbs only adds, so the shortest tell.
    """
    took = {"ipvs_floor": [], "ipvs_program": []}
    for _ in range(2 * ROUNDS):
        for name, times in took.items():
            # Without any address a kernel refuses every destination.
            done = subprocess.run(["unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$0"', binary(name)],
                                  text=True, capture_output=True, check=True)
            found = re.search(rf"{name}: {OPERATIONS} operations in ([0-9.]+) ms", done.stdout)
            times.append(float(found.group(1)))
    floor, library = (min(times) for times in took.values())
    print(f"floor {floor:.0f} ms, library {library:.0f} ms ({library / floor:.2f}), {took}")
    assert library <= 1.5 * floor


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
    for _ in range(3 * ROUNDS):
        ours.append(seconds([binary("evenkeel"), "--socket", evenkeel.socket, "status"]))
        theirs.append(seconds(["ipvsadm", "-Ln"]))
    ours, theirs = statistics.median(ours), statistics.median(theirs)
    print(f"evenkeel status {ours * 1000:.0f} ms, ipvsadm -Ln {theirs * 1000:.0f} ms ({ours / theirs:.2f})")
    lines = evenkeel.command("status").stdout.splitlines()
    assert sum(1 for line in lines if line.startswith("  -> 10.8.")) == 10000
    assert ours <= 0.6 * theirs
