"""tests/lab/demo, inside the lab's kernel: what happens to a pair of balancer nodes, told on a terminal."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lablib import VIRTUAL, Lab, Noise, Pair, wait_until  # noqa: E402
from lablib.drill import SEEN  # noqa: E402
from lablib.report import MISSED, NOT_JUDGED, Report  # noqa: E402

RATE = 300  # new connections a second; a machine that does not bear them gets a half, or a quarter
ADVERTISEMENTS = 1.0  # seconds between two
CHECKS, TIMEOUT, FALL = 0.5, 0.3, 3
ADDED = 0.1  # seconds that an event may add to the gaps that come without any
TAKING_OVER = 0.05  # seconds from the end of the down interval until the clients know
RELEASE_LATE, LEASE_LATE = 1.0, 1.0  # seconds that the one may need to hear its successor, the other to end
CONFIG = """\
[[vrrp.instance]]
name = "web"
interface = "eth0"
virtual_router_id = 61
priority = { lb1 = 150, lb2 = 100 }
advertisement_interval = "1s"
virtual_addresses = ["192.0.2.10"]

[check.web]
type = "http"
path = "/health"
interval = "500ms"
timeout = "300ms"
rise = 2
fall = 3

[[virtual_service]]
name = "web"
address = "192.0.2.10"
port = 80
protocol = "tcp"
scheduler = "mh"
scheduler_flags = ["mh-fallback", "mh-port"]
forwarding = "direct"
check = "web"
real_server = [
  { name = "rs1", address = "192.0.2.21" },
  { name = "rs2", address = "192.0.2.22" },
  { name = "rs3", address = "192.0.2.23" },
]
"""
BEFORE, AFTER = 1.0, 1.3  # seconds of load around an event; the client's neighbour table is locked for one


class Demo:
    """The nodes, and the steps in their order."""

    def __init__(self, report, lab):
        self.report = report
        self.lab = lab
        self.nginx = {server.name: server.start_nginx(80) for server in lab.real_servers}
        self.pair = Pair(lab, interval=ADVERTISEMENTS, text=CONFIG)
        self.undisturbed = 0.0
        self.rate = RATE

    def under_load(self, event, action, bound=0, gap=0.0):
        """A row of the table: new connections all the time, and a second into them the action, which returns the moment
        at which it showed, if another than its beginning. `bound` and `gap` are seconds in which requests may fail.
        Returns the sleepers that were beside it."""
        with self.report.beside() as noise:
            load = self.lab.client.start_load(VIRTUAL[4], rate=self.rate, seconds=120)
            try:
                time.sleep(BEFORE)
                moment = time.monotonic()
                moment = action() or moment
                time.sleep(max(0.0, moment + AFTER - time.monotonic()))
            finally:
                load.tell_to_end()
                result = load.result()
        slack = noise.allowance()
        self.report.row(event, result, int((bound + slack) * self.rate) if bound else 0, result.longest_gap(),
                       gap + max(self.undisturbed + ADDED, SEEN) + slack, noise)
        return noise

    def restore(self):
        """As at the beginning, whatever a step has left behind; what was missed may have been too much at once."""
        self.rate = max(self.rate // 2, RATE // 4)
        lb1 = self.pair.lb1
        self.lab.mend("lb1")
        if lb1.is_running():
            lb1.kill_all(signal.SIGCONT)
            lb1.reload(self.pair.config)
            lb1.command("resume")
        else:
            lb1.start()
        if not self.nginx["rs1"].is_running():
            self.start_server()
        self.pair.wait_until_ready(seconds=60)

    def start_server(self):
        self.nginx["rs1"] = self.lab.host("rs1").start_nginx(80)

    def status(self, name):
        shown = self.pair.nodes[name].command("status")
        self.report.show(f"evenkeel status        # on {name}", shown.stdout + shown.stderr)

    def log(self, name, *parts, count=1):
        """The last lines of its log with any of these parts."""
        lines = [line for line in self.pair.nodes[name].log.splitlines() if any(part in line for part in parts)]
        self.report.show(f"journalctl -u evenkeel # on {name}", "\n".join(lines[-count:]))

    def begin(self):
        self.report.step("the configuration of both nodes: /etc/evenkeel/evenkeel.toml, one file")
        self.report.say(self.pair.config)
        self.pair.wait_until_ready()
        self.report.step("both are up; lb1 is preferred, and master")
        for name in self.pair.nodes:
            self.status(name)

    def nothing(self):
        self.report.step(f"{self.rate} new connections a second, and nothing happens")
        with self.report.beside() as noise:
            load = self.lab.client.load(VIRTUAL[4], rate=self.rate, seconds=4)
        gap = load.longest_gap()
        self.undisturbed = min(gap, SEEN)
        self.report.row("nothing happens", load, 0, gap, SEEN + noise.allowance(), noise)

    def server(self):
        self.report.step("a server is lost: rs1's nginx is killed")

        def kill():
            self.nginx["rs1"].kill()
            wait_until(lambda: "192.0.2.21:80" not in self.lab.lb1.weights(f"tcp {VIRTUAL[4]}:80"))

        # Until it is out, its third of the new connections is refused; the hash gives it up to a half for a while.
        self.under_load("a server is killed", kill, bound=(CHECKS * FALL + TIMEOUT) / 2)
        self.status("lb1")
        self.report.step("its nginx is started again")
        self.under_load("it comes back", self.start_server)
        wait_until(lambda: all(len(self.lab.host(name).weights(f"tcp {VIRTUAL[4]}:80")) == 3 for name in self.pair.nodes))

    def mistakes(self):
        self.report.step("a reload of a file with mistakes, on lb1")
        wrong = re.sub("priority = .*", 'priority = { lb1 = 300, lb2 = 100 }', self.pair.config)
        with self.report.beside() as noise:
            before = self.lab.lb1.saved()
            refused = self.pair.lb1.reload(wrong.replace('"mh"', '"hm"', 1))
            self.report.show("evenkeel reload", refused.stdout + refused.stderr)
            is_as_before = self.lab.lb1.saved() == before and self.pair.owners() == ["lb1"]
        self.report.fact("mistakes: nothing changed", refused.returncode == 2 and is_as_before, noise, "exit 2")
        self.pair.lb1.write_config(self.pair.config)

    def stop(self):
        self.report.step("the master is stopped: systemctl stop evenkeel, on lb1")
        self.under_load("the master is stopped", lambda: self.pair.lb1.stop() or self.pair.wait_for_owner("lb2"))
        self.log("lb1", "instance web", count=2)
        self.status("lb2")
        self.report.step("it is started again")
        self.under_load("it is started again", self.start)

    def start(self):
        self.pair.lb1.start()
        return self.pair.wait_for_owner("lb1")

    def failover(self):
        self.report.step("evenkeel failover, and back")

        def command(verb, owner):
            done = self.pair.lb1.command(verb)
            self.report.show(f"evenkeel {verb}", done.stdout + done.stderr)
            return self.pair.wait_for_owner(owner)

        self.under_load("evenkeel failover", lambda: command("failover", "lb2"))
        self.under_load("evenkeel resume", lambda: command("resume", "lb1"))

    def cut(self):
        self.report.step("the master's cable is pulled: nobody can say goodbye")
        limit = self.pair.down_interval() + TAKING_OVER
        self.report.say(f"3 advertisements of {ADVERTISEMENTS * 1000:.0f} ms missed, and the skew: at most "
                       f"{self.pair.down_interval() * 1000:.0f} ms until lb2 takes over")

        def cut():
            began = time.monotonic()
            self.lab.cut("lb1")
            self.pair.wait_for("lb2")
            return began

        self.under_load("the master's cable is pulled", cut, bound=limit, gap=limit)
        self.log("lb2", "instance web")

        def mend():
            self.lab.mend("lb1")
            return self.pair.wait_for_owner("lb1")

        self.report.step("it is plugged in again")
        self.under_load("it is plugged in again", mend)

    def freeze(self):
        self.report.step("every process of the master is stopped (SIGSTOP): the kernel takes the address away")
        measured = {}

        def freeze():
            measured["frozen"] = self.pair.lb1.kill_all(signal.SIGSTOP)
            taken = self.pair.wait_for("lb2")
            measured["gone"] = self.pair.wait_for_owner("lb2", 20)
            return taken

        noise = self.under_load("the master is frozen", freeze)
        took, limit = measured["gone"] - measured["frozen"], self.pair.lease() + LEASE_LATE
        self.report.fact("its lease ends", took <= limit, noise, f"{took:.1f} s (<{limit:.0f})")

        def go_on():
            self.pair.lb1.kill_all(signal.SIGCONT)
            return self.pair.wait_for_owner("lb1", 20)

        self.report.step("they go on")
        noise = self.under_load("it goes on", go_on)
        self.log("lb1", "late", "instance web: entering", count=3)
        both = self.pair.two_masters(measured["frozen"])
        self.report.fact("two masters at once", both <= ADVERTISEMENTS, noise,
                        f"{both * 1000:.0f} ms (<{ADVERTISEMENTS * 1000:.0f})")

    def kill_one(self):
        self.report.step("kill -9 of the vrrp process alone: its successor resumes")
        since = time.monotonic()

        def kill():
            killed, _ = self.pair.lb1.kill(signal.SIGKILL, "vrrp")
            wait_until(lambda: self.pair.lb1.children().get("vrrp") not in (None, killed))

        noise = self.under_load("kill -9 of vrrp", kill)
        self.log("lb1", "vrrp: ", count=3)
        self.report.fact("nothing has moved", self.pair.changes(since) == 0, noise)

    def kill_all(self):
        self.report.step("kill -9 of every process of the master; the unit runs `evenkeeld release`")
        since = time.monotonic()

        def kill():
            self.pair.lb1.kill_all()
            self.pair.lb1.wait()
            released = self.pair.lb1.release()
            alone = self.pair.wait_for_owner("lb2", 20)
            self.report.show("evenkeeld release", released.stdout + released.stderr)
            return alone

        noise = self.under_load("kill -9 of everything", kill)
        both, limit = self.pair.both_held(since), RELEASE_LATE + noise.allowance()
        self.report.fact("two owners at once", both <= limit, noise, f"{both * 1000:.0f} ms (<{limit * 1000:.0f})")
        self.report.step("it is started again")
        self.under_load("it is started once more", self.start)
        for name in self.pair.nodes:
            self.status(name)

    def tell(self):
        self.begin()
        for name, act in {"nothing happens": self.nothing, "a server is lost": self.server, "mistakes": self.mistakes,
                          "stop": self.stop, "failover": self.failover, "cut": self.cut, "freeze": self.freeze,
                          "kill one": self.kill_one, "kill all": self.kill_all}.items():
            self.report.judge(f"step: {name}", act, self.restore)


def main():
    subprocess.run(["modprobe", "-a", "ip_vs", "ipip", "ip6_tunnel"], check=True)
    report = Report(Noise)
    lab = Lab(tempfile.mkdtemp(prefix="lab-demo-"), balancers=2)
    demo = None
    try:
        demo = Demo(report, lab)
        demo.tell()
    finally:
        if demo is not None:
            demo.pair.close()
        lab.close()
    lines = report.table()
    if "EVENKEEL_DEMO_LINES" in os.environ:
        with open(os.environ["EVENKEEL_DEMO_LINES"], "w", encoding="utf-8") as file:
            json.dump(lines, file)
    verdicts = [verdict for _, verdict, _ in lines]
    return 1 if MISSED in verdicts else 2 if NOT_JUDGED in verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
