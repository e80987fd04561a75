"""tests/lab/demo, inside the lab's kernel: the story of one balancer node, told on a terminal."""

import os
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lablib import VIRTUAL, Lab, Noise, wait_until  # noqa: E402

RATE = 300  # new connections a second
INTERVAL, TIMEOUT, RISE, FALL = 0.2, 0.1, 2, 3
WEIGHTS = {"rs1": 3, "rs2": 2, "rs3": 1}

CONFIG = """\
[check.web_health]
type = "http"
path = "/health"
interval = "{interval:.0f}ms"
timeout = "{timeout:.0f}ms"
rise = {rise}
fall = {fall}

[[virtual_service]]
name = "web"
address = "{address}"
port = 80
protocol = "tcp"
scheduler = "wrr"
forwarding = "direct"
check = "web_health"
"""
SERVER = """
[[virtual_service.real_server]]
name = "{name}"
address = "{address}"
port = 80
weight = {weight}
"""


class Story:
    """Says what happens, and keeps the lines of the last table."""

    def __init__(self):
        self.rows = []

    @staticmethod
    def chapter(text):
        print(f"\n\033[1m== {text}\033[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)

    @staticmethod
    def show(command, text):
        print(f"$ {command}")
        print("\n".join("  " + line for line in text.rstrip().splitlines()), flush=True)

    def row(self, event, load, bound, near=None, gap_bound=None):
        """One event: at most `bound` requests may fail, and near it no gap may be longer than gap_bound seconds."""
        gap = load.longest_gap(near)
        good = load.failed <= bound and (gap_bound is None or gap <= gap_bound)
        self.rows.append((event, load.sent, load.failed, bound, gap, gap_bound, good))
        print(f"  the client: {load.sent} requests, {load.failed} failed {dict(load.failures) or ''}, "
              f"longest gap {gap * 1000:.0f} ms", flush=True)

    def fact(self, event, good, detail):
        """One event that no request measures."""
        self.rows.append((event, "", "", "", "", None, good))
        print(f"  {detail}: {'as it should be' if good else 'NOT as it should be'}", flush=True)

    def table(self):
        """Prints it; True if every line is good."""
        self.chapter("what the client saw")
        head = f"{'event':<52} {'sent':>6} {'failed':>6} {'at most':>7} {'longest gap':>12}   "
        print(head)
        print("-" * len(head))
        for event, sent, failed, bound, gap, gap_bound, good in self.rows:
            shown = "" if gap == "" else f"{gap * 1000:.0f} ms"
            if gap_bound is not None:
                shown += f" (<{gap_bound * 1000:.0f})"
            print(f"{event:<52} {sent:>6} {failed:>6} {bound:>7} {shown:>12}   {'ok' if good else 'MISSED'}")
        return all(row[-1] for row in self.rows)


def configuration(lab, weights):
    text = CONFIG.format(address=VIRTUAL[4], interval=INTERVAL * 1000, timeout=TIMEOUT * 1000, rise=RISE, fall=FALL)
    for server in lab.real_servers:
        text += SERVER.format(name=server.name, address=server.address(), weight=weights[server.name])
    return text


def status(story, daemon):
    shown = daemon.command("status")
    story.show("evenkeel status", shown.stdout + shown.stderr)


def under_load(lab, seconds, action):
    """Runs action a second into a load; returns (load, when the action began)."""
    load = lab.client.start_load(VIRTUAL[4], rate=RATE, seconds=seconds)
    time.sleep(1)
    moment = time.monotonic()
    action()
    return load.result(), moment


def tell(story, lab, noise):
    servers = [server.start_nginx(80) for server in lab.real_servers]

    story.chapter("the configuration: /etc/evenkeel/evenkeel.toml")
    text = configuration(lab, WEIGHTS)
    print("\n".join("  " + line for line in text.splitlines()))
    daemon = lab.lb1.start_evenkeel(text, respawn=True)
    service = f"tcp {VIRTUAL[4]}:80"
    wait_until(lambda: lab.lb1.weights(service) == {"192.0.2.21:80": 3, "192.0.2.22:80": 2, "192.0.2.23:80": 1})

    story.chapter("the node is up: every real server passed its first check before it took a request")
    status(story, daemon)

    story.chapter(f"600 requests, spread by weight 3:2:1 ({RATE} new connections a second)")
    load = lab.client.load(VIRTUAL[4], rate=RATE, seconds=600 / RATE)
    undisturbed = load.longest_gap()
    for name, weight in WEIGHTS.items():
        print(f"  {name}: {load.servers[name]:4d} of {load.sent}, wanted {load.sent * weight // 6}")
    story.row("nothing happens", load, 0)
    spread = all(abs(load.servers[name] - load.sent * weight / 6) <= 0.05 * load.sent * weight / 6
                 for name, weight in WEIGHTS.items())
    story.fact("requests split 3:2:1, within 5 %", spread, "the split")

    def gap_bound():
        return undisturbed + 0.1 + noise.allowance()

    story.chapter("rs1's nginx is killed under load")
    load, moment = under_load(lab, 4, servers[0].kill)
    # Until it is out, rs1's half of the new connections are refused.
    window = INTERVAL * FALL + TIMEOUT + noise.allowance()
    story.row("a server dies", load, int(window * RATE / 2) + 1, near=moment, gap_bound=gap_bound())
    status(story, daemon)
    story.show("evenkeeld's log", "\n".join(daemon.log_lines("removing")[-1:]))

    story.chapter("rs1's nginx is started again")
    load, moment = under_load(lab, 3, lambda: lab.host("rs1").start_nginx(80))
    story.row("it comes back", load, 0, near=moment, gap_bound=gap_bound())
    status(story, daemon)

    story.chapter("rs2 answers 503 to its check: quiesced, what is connected finishes")
    load, moment = under_load(lab, 3, lambda: lab.host("rs2").set_healthy(False))
    story.row("a server says 503", load, 0, near=moment, gap_bound=gap_bound())
    status(story, daemon)
    lab.host("rs2").set_healthy(True)
    wait_until(lambda: lab.lb1.weights(service).get("192.0.2.22:80") == 2)

    story.chapter("a reload with one changed weight")
    answers = []
    changed = configuration(lab, {**WEIGHTS, "rs3": 2})
    load, moment = under_load(lab, 3, lambda: answers.append(daemon.reload(changed)))
    story.show("evenkeel reload", answers[0].stdout + answers[0].stderr)
    story.row("reload, one weight changed", load, 0, near=moment, gap_bound=gap_bound())
    story.fact("it was exactly one kernel operation", "1 operation" in answers[0].stdout, "one operation")

    story.chapter("a reload of a file with mistakes")
    before = lab.lb1.saved()
    refused = daemon.reload(text.replace("weight = 3", "weigth = 3").replace('"wrr"', '"wrrr"'))
    story.show("evenkeel reload", refused.stdout + refused.stderr)
    story.fact("mistakes: exit 2, nothing changed", refused.returncode == 2 and lab.lb1.saved() == before, "nothing changed")
    daemon.write_config(changed)

    for role in ("checks", "main"):
        story.chapter(f"kill -9 of {role}")
        load, moment = under_load(lab, 4, lambda role=role: daemon.kill(signal.SIGKILL, role))
        story.row(f"kill -9 of {role}", load, 0, near=moment, gap_bound=gap_bound())
        wait_until(lambda: daemon.children().get("checks"))
        status(story, daemon)

    story.chapter("stop and start under load: the kernel goes on")

    def restart():
        daemon.stop()
        daemon.start()

    load, moment = under_load(lab, 4, restart)
    story.row("stop, then start", load, 0, near=moment, gap_bound=gap_bound())

    story.chapter("somebody runs `ipvsadm -C`")
    print("  (drift_interval is 30 s by default; a reload looks at once)")
    lab.lb1.ipvsadm("-C")
    daemon.reload(changed)
    wait_until(lambda: len(lab.lb1.weights(service)) == 3)
    story.fact("the table is repaired", True, "repaired")
    story.show("ipvsadm -Ln", lab.lb1.ipvsadm("-Ln"))


def main():
    subprocess.run(["modprobe", "-a", "ip_vs", "ipip", "ip6_tunnel"], check=True)
    story = Story()
    noise = Noise()
    lab = Lab(tempfile.mkdtemp(prefix="lab-demo-"))
    try:
        lab.place_virtual_addresses("lb1")
        tell(story, lab, noise)
    finally:
        noise.stop()
        lab.close()
    good = story.table()
    print(f"\n{len(story.rows)} passed, 0 failed" if good else "\nsome lines missed their bounds", flush=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
