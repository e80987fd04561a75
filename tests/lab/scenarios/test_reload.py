"""Reload: what changed and nothing else, or nothing at all and every reason."""

import re

from lablib import VIRTUAL, wait_until
from lablib.config import virtual_service
from lablib.netlink_tap import NetlinkTap

WEB = "tcp 192.0.2.10:80"
CHECK = '{ type = "tcp", interval = "500ms", timeout = "400ms" }'


def start(lab, config):
    for server in lab.real_servers:
        server.start_nginx(80)
    evenkeel = lab.lb1.start_evenkeel(config)
    wait_until(lambda: evenkeel.status()["ready"] and evenkeel.status()["kernel"]["state"] == "in_sync")
    return evenkeel


def test_one_changed_weight_is_one_operation(lab, noise):
    evenkeel = start(lab, virtual_service(lab.real_servers, weights=(1, 1, 1), check=CHECK))
    load = lab.client.start_load(VIRTUAL[4], rate=300, seconds=3)
    tap = NetlinkTap(lab.lb1)
    before = evenkeel.status()
    done = evenkeel.reload(virtual_service(lab.real_servers, weights=(1, 5, 1), check=CHECK))
    assert done.returncode == 0, done.stdout + done.stderr
    wait_until(lambda: lab.lb1.weights(WEB) == {"192.0.2.21:80": 1, "192.0.2.22:80": 5, "192.0.2.23:80": 1})
    result = load.result()
    assert tap.writes() == {"set destination": 1}
    tap.close()
    after = evenkeel.status()
    assert after["generation"] == before["generation"] + 1
    assert after["counters"]["operations"] == before["counters"]["operations"] + 1
    assert result.failed == 0, result


def test_sighup_reloads(lab):
    evenkeel = start(lab, virtual_service(lab.real_servers, weights=(1, 1, 1)))
    evenkeel.forget_notices()
    evenkeel.write_config(virtual_service(lab.real_servers, weights=(1, 1, 9)))
    evenkeel.kill(1)
    wait_until(lambda: lab.lb1.weights(WEB).get("192.0.2.23:80") == 9)
    notices = evenkeel.notices()
    assert "RELOADING=1" in notices
    evenkeel.wait_for_notice("READY=1")


# The line of each mistake, and a word that its message must have.
MISTAKES = """\
[ipvs]
drift_interval = 30
[[virtual_service]]
name = "web"
address = "192.0.2.10"
port = 80
protocol = "tcp"
scheduler = "wrrr"
forwarding = "direct"
quorun = 2
[[virtual_service.real_server]]
address = "192.0.2.21"
port = 80
weight = 70000
[[virtual_service.real_server]]
address = "192.0.2.22"
port = 8080
[[virtual_service.real_server]]
address = "192.0.2.256"
port = 80
[[virtual_service]]
name = "second"
address = "192.0.2.11"
port = 80
protocol = "tcp"
forwarding = "masquerade"
check = "nowhere"
[[virtual_service]]
name = "second"
address = "192.0.2.12"
port = 80
protocol = "tcp"
forwarding = "masquerade"
"""
EXPECTED = {2: "drift_interval", 8: "wrrr", 10: "quorum", 14: "weight", 17: "port", 19: "192.0.2.256", 27: "nowhere",
            29: "second"}


def test_eight_mistakes_are_eight_errors_and_change_nothing(lab):
    evenkeel = start(lab, virtual_service(lab.real_servers, check=CHECK))
    before, status = lab.lb1.saved(), evenkeel.status()
    tap = NetlinkTap(lab.lb1)
    done = evenkeel.reload(MISTAKES)
    assert done.returncode == 2, done.stdout + done.stderr
    errors = re.findall(r"^.*?([^\s/]+\.toml):(\d+):(\d+): error: (.*)$", done.stdout + done.stderr, re.MULTILINE)
    assert [int(line) for _, line, _, _ in errors] == sorted(EXPECTED), done.stdout + done.stderr
    for name, line, column, message in errors:
        assert name == "evenkeel.toml" and int(column) > 0
        assert EXPECTED[int(line)] in message, message
    assert tap.writes() == {}
    tap.close()
    assert lab.lb1.saved() == before
    after = evenkeel.status()
    assert (after["generation"], after["configuration"]) == (status["generation"], status["configuration"])
    assert lab.client.get(VIRTUAL[4])[0] == 200
    for _, line, _, message in errors:
        assert message in evenkeel.log


def test_half_empty_file_needs_force(lab):
    full = "".join(virtual_service(lab.real_servers, f"web{port}", port=port) for port in (80, 81, 82, 83))
    evenkeel = start(lab, full)
    before = lab.lb1.saved()
    assert before.count("-A ") == 4
    half = virtual_service(lab.real_servers, "web80", port=80)
    done = evenkeel.reload(half)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "max_removals" in done.stdout + done.stderr and "--force" in done.stdout + done.stderr
    assert lab.lb1.saved() == before
    done = evenkeel.reload(None, "--force")
    assert done.returncode == 0, done.stdout + done.stderr
    wait_until(lambda: set(lab.lb1.ipvs()) == {WEB})


def test_start_with_mistakes_says_all_and_exits_2(lab):
    evenkeel = lab.lb1.start_evenkeel(MISTAKES, wait=False)
    assert evenkeel.wait() == 2
    for line in EXPECTED:
        assert f"evenkeel.toml:{line}:" in evenkeel.log
    assert lab.lb1.ipvs() == {}
