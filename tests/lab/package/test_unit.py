"""The package and its unit in an operator's hands, from the first installation to the purge.

The scenarios share one machine and go in this order.
"""

import re
import time

import pytest

from lablib.host import wait_until

CONFIG = "/etc/evenkeel/evenkeel.toml"
WEB = """
[check.alive]
type = "tcp"
interval = "200ms"
timeout = "100ms"

[[virtual_service]]
name = "web"
address = "192.0.2.10"
port = 80
protocol = "tcp"
forwarding = "direct"
check = "alive"
real_server = [
  { name = "alive", address = "192.0.2.21" },
  { name = "dead", address = "192.0.2.22" },
]
"""
# The service, and the one real server that passes its check.
WEB_TABLE = ["TCP 192.0.2.10:80 wlc", "192.0.2.21:80 Route 1"]
MISTAKE = 'log_levle = "info"\n'
FAKE_KEEPALIVED = """
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
"""


class Node:
    """What an operator asks of the machine."""

    def __init__(self, machine):
        self.machine = machine
        self.run = machine.run
        self.call = machine.call

    def install(self):
        return self.run("dpkg --install /root/evenkeel.deb", timeout=180)

    def properties(self, unit="evenkeel"):
        """systemctl show, as a dictionary."""
        names = "ActiveState,SubState,Result,ExecMainStatus,MainPID,NRestarts,UnitFileState,StatusText"
        lines = self.run(f"systemctl show {unit} --property {names}").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def main_pid(self):
        return int(self.properties()["MainPID"])

    def is_active(self, unit="evenkeel"):
        return self.call(f"systemctl is-active {unit}").stdout.strip() == "active"

    def wait_for_successor(self, pid, seconds):
        """Waits until another main than `pid` is ready; returns its pid."""
        def found():
            now = self.properties()
            return now["ActiveState"] == "active" and int(now["MainPID"]) not in (0, pid) and now["MainPID"]
        return int(wait_until(found, seconds, every=0.1))

    def table(self):
        """The kernel's IPVS table, a line each: key and scheduler, or destination, method and weight."""
        lines = []
        for line in self.run("ipvs=/proc/net/ip_vs; [ ! -e $ipvs ] || cat $ipvs").splitlines():
            words = line.split()
            if words[0] in ("TCP", "UDP", "SCTP"):
                lines.append(f"{words[0]} {_dotted(words[1])} {words[2]}")
            elif words[0] == "->" and words[1] != "RemoteAddress:Port":
                lines.append(f"{_dotted(words[1])} {words[2]} {words[3]}")
        return lines

    def journal(self, since):
        return self.run(f"journalctl --unit evenkeel --output cat --since @{since:.0f}")

    def now(self):
        """The machine's clock, in whole seconds, after the second has begun: for journal()."""
        return float(self.run("sleep 1; date +%s"))

    def trace(self):
        """The users, and the files that were written since the machine was started; no logs, not dpkg's own books."""
        return self.run("cat /etc/passwd /etc/group; find /run -name '*evenkeel*'; cd /mnt; find . -name '*evenkeel*'; "
                        "find . ! -type d ! -path './var/log/*' ! -path './var/lib/dpkg/*' ! -path './var/cache/*' "
                        "! -name '*-' ! -name '.*.lock' ! -name passwd ! -name group ! -name shadow ! -name gshadow "
                        "! -name 'sub[ug]id'"
                        ).splitlines()


def _dotted(text):
    """C000020A:0050 -> 192.0.2.10:80"""
    address, port = text.split(":")
    return ".".join(str(byte) for byte in bytes.fromhex(address)) + f":{int(port, 16)}"


@pytest.fixture(scope="session")
def node(machine):
    machine.run("ip link set lo up; ip link add dummy0 type dummy; ip addr add 192.0.2.1/24 dev dummy0; "
                "ip addr add 192.0.2.21/24 dev dummy0; ip addr add 192.0.2.22/24 dev dummy0; ip link set dummy0 up")
    # A server that lives: systemd listens, and the kernel completes the connections.
    machine.run("systemd-run --quiet --socket-property=ListenStream=192.0.2.21:80 --socket-property=FreeBind=yes "
                "--unit alive sleep infinity")
    return Node(machine)


@pytest.fixture(scope="session")
def before(node):
    """What was there before the first installation."""
    return node.trace()


def test_installed_it_runs_and_does_nothing(node, before):
    node.install()
    now = node.properties()
    assert now["ActiveState"] == "active" and now["SubState"] == "running"
    assert now["UnitFileState"] == "enabled"
    assert re.fullmatch(r"configuration [0-9a-f]{6}, generation 1, 0 virtual services.*", now["StatusText"])
    assert node.table() == []
    assert node.run("stat -c '%U %G %a' /run/evenkeel/control.sock") == "root evenkeel 660\n"
    assert "evenkeel-checks" in node.run("ps -o user:20= -C evenkeel-checks")
    assert "warn" not in node.journal(0).lower()
    assert node.call("evenkeel status").returncode == 0


def test_a_good_file_is_reloaded(node):
    node.machine.write(CONFIG, WEB)
    node.run("systemctl reload evenkeel")
    wait_until(lambda: node.table() == WEB_TABLE)
    assert "generation 2, 1 virtual services" in node.properties()["StatusText"]
    status = node.run("systemctl status evenkeel")
    assert "active (running)" in status and "generation 2" in status


def test_a_bad_file_fails_the_reload_and_changes_nothing(node):
    since = node.now()
    node.machine.write(CONFIG, MISTAKE + WEB)
    assert node.call("systemctl reload evenkeel").returncode == 1
    assert f'{CONFIG}:1:1: error: unknown key "log_levle"' in node.journal(since)
    assert node.is_active()
    assert node.table() == WEB_TABLE
    assert "generation 2" in node.properties()["StatusText"]
    node.machine.write(CONFIG, WEB)


def test_restart_takes_over_the_table(node):
    pid = node.main_pid()
    since = node.now()
    node.run("systemctl restart evenkeel")
    assert node.main_pid() != pid
    assert node.table() == WEB_TABLE
    assert "the kernel holds 1 services of ours with 1 destinations" in node.journal(since)


def test_stop_and_start_keep_the_table(node):
    node.run("systemctl stop evenkeel")
    now = node.properties()
    assert (now["ActiveState"], now["Result"], now["ExecMainStatus"]) == ("inactive", "success", "0")
    assert node.table() == WEB_TABLE
    assert node.call("pgrep -u evenkeel-checks").stdout == ""
    node.run("systemctl start evenkeel")
    assert node.table() == WEB_TABLE


def test_main_alone_killed_is_started_again(node):
    pid = node.main_pid()
    started = time.monotonic()
    node.run("systemctl kill --kill-whom=main --signal=KILL evenkeel")
    node.wait_for_successor(pid, 10)
    print(f"ready again after {time.monotonic() - started:.1f} s")
    assert node.table() == WEB_TABLE


def test_checks_killed_are_main_s_business(node):
    pid = node.main_pid()
    checks = node.run("pgrep -u evenkeel-checks")
    node.run(f"kill -KILL {checks}")
    wait_until(lambda: node.call("pgrep -u evenkeel-checks").stdout not in ("", checks))
    assert node.main_pid() == pid
    assert node.table() == WEB_TABLE


def test_everything_killed_is_started_again(node):
    pid = node.main_pid()
    node.run("systemctl kill --kill-whom=all --signal=KILL evenkeel")
    node.wait_for_successor(pid, 10)
    assert node.table() == WEB_TABLE


def test_a_main_that_hangs_is_aborted(node):
    pid = node.main_pid()
    since = node.now()
    node.run(f"kill -STOP {pid}")
    node.wait_for_successor(pid, 40)
    assert "Watchdog timeout" in node.journal(since)
    assert node.table() == WEB_TABLE


def test_a_stop_reaches_a_main_that_was_stopped(node):
    """SIGSTOP, then `systemctl stop`: systemd continues it."""
    node.run(f"kill -STOP {node.main_pid()}; systemctl stop evenkeel")
    now = node.properties()
    assert (now["ActiveState"], now["Result"]) == ("inactive", "success")


def test_a_bad_file_at_the_start_is_not_tried_again(node):
    since = node.now()
    node.machine.write(CONFIG, MISTAKE + WEB)
    assert node.call("systemctl start evenkeel").returncode == 1
    time.sleep(2)  # four times RestartSec
    now = node.properties()
    assert (now["ActiveState"], now["Result"], now["ExecMainStatus"]) == ("failed", "exit-code", "2")
    assert now["NRestarts"] == "0"
    assert f'{CONFIG}:1:1: error: unknown key "log_levle"' in node.journal(since)
    assert node.table() == WEB_TABLE
    node.machine.write(CONFIG, WEB)
    node.run("systemctl start evenkeel")


def test_an_upgrade_restarts_it_and_leaves_the_file_alone(node):
    pid = node.main_pid()
    node.install()
    node.wait_for_successor(pid, 10)
    assert node.table() == WEB_TABLE
    assert node.run(f"cat {CONFIG}") == WEB


def test_removed_it_leaves_its_file_and_nothing_in_the_kernel(node):
    node.run("dpkg --remove evenkeel", timeout=180)
    assert node.table() == []
    assert node.call("pgrep -l evenkeel").stdout == ""
    assert node.run(f"cat {CONFIG}") == WEB


def test_beside_keepalived_an_installation_starts_nothing(node):
    node.machine.write("/etc/systemd/system/keepalived.service", FAKE_KEEPALIVED)
    node.run("systemctl daemon-reload; systemctl enable --now keepalived")
    assert "neither enabled nor started" in node.install()
    assert node.is_active("keepalived")
    now = node.properties()
    assert (now["ActiveState"], now["UnitFileState"]) == ("inactive", "disabled")

    node.run("systemctl disable keepalived; systemctl enable --now evenkeel")
    assert not node.is_active("keepalived")
    assert node.is_active()
    node.run("rm /etc/systemd/system/keepalived.service; systemctl daemon-reload")


def test_purged_it_leaves_nothing(node, before):
    wait_until(lambda: node.table() == WEB_TABLE)
    node.run("dpkg --purge evenkeel", timeout=180)
    assert node.table() == []
    assert node.call("pgrep -l evenkeel").stdout == ""
    assert sorted(set(node.trace()) ^ set(before)) == []
    assert "evenkeel" not in node.run("systemctl list-units --all --plain --no-legend")
