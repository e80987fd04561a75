"""The start: nobody is trusted before its first check, and what the kernel already held goes on."""

import time

from lablib import VIRTUAL, wait_until
from lablib.config import virtual_service

WEB = "tcp 192.0.2.10:80"


def test_no_traffic_before_the_first_outcome(lab):
    """rs2's check hangs: until its deadline nothing is known of it, and nobody is sent there."""
    for server in lab.real_servers:
        server.start_nginx(80)
    lab.host("rs1").start_nginx(81)
    lab.host("rs2").start_small("hang", 81)
    lab.host("rs3").start_nginx(81)
    evenkeel = lab.lb1.start_evenkeel(virtual_service(
        lab.real_servers, check='{ type = "http", port = 81, interval = "3s", timeout = "3s" }'))
    wait_until(lambda: set(lab.lb1.weights(WEB)) == {"192.0.2.21:80", "192.0.2.23:80"})
    assert evenkeel.real_server("rs2")["health"] == "unknown"
    result = lab.client.load(VIRTUAL[4], rate=100, seconds=1, timeout=5)
    assert result.failed == 0 and set(result.servers) == {"rs1", "rs3"}, result
    wait_until(lambda: evenkeel.real_server("rs2")["health"] == "down")
    assert "192.0.2.22:80" not in lab.lb1.weights(WEB)
    assert "rs2" not in lab.client.load(VIRTUAL[4], rate=100, seconds=0.5, timeout=5).servers


def test_what_the_kernel_held_goes_on(lab):
    """A table from before, weights and all: used until the first outcome says otherwise; weight 0 is not."""
    for server in lab.real_servers:
        server.start_nginx(80)
        server.start_small("hang", 81)
    lab.lb1.restore("-A -t 192.0.2.10:80 -s wrr\n"
                    "-a -t 192.0.2.10:80 -r 192.0.2.21:80 -g -w 3\n"
                    "-a -t 192.0.2.10:80 -r 192.0.2.22:80 -g -w 0\n")
    load = lab.client.start_load(VIRTUAL[4], rate=200, seconds=4)
    time.sleep(0.5)
    started = time.monotonic()
    evenkeel = lab.lb1.start_evenkeel(virtual_service(
        lab.real_servers, weights=(3, 3, 3), check='{ type = "http", port = 81, interval = "6s", timeout = "6s" }'))
    seen = []
    while time.monotonic() < started + 2.5:
        seen.append({name: weight for name, weight in lab.lb1.weights(WEB).items() if weight > 0})
        time.sleep(0.1)
    assert all(each == {"192.0.2.21:80": 3} for each in seen), seen
    assert evenkeel.real_server("rs1")["adopted"]
    assert evenkeel.real_server("rs2")["health"] == "unknown"
    result = load.result()
    assert result.failed == 0 and set(result.servers) == {"rs1"}, result


def test_first_round_is_over_in_about_a_second(lab, noise):
    """Checks every 30 s, a sorry server at hand: in use after the first second, and no apology meanwhile."""
    for server in lab.real_servers:
        server.start_nginx(80)
    started = time.monotonic()
    evenkeel = lab.lb1.start_evenkeel(virtual_service(
        lab.real_servers[:2], check='{ type = "tcp", interval = "30s", timeout = "1s" }',
        sorry_server='{ address = "192.0.2.23", port = 80, forwarding = "direct" }'))
    ready = time.monotonic()
    seen = []

    def both_in_use():
        seen.append(lab.lb1.weights(WEB))
        return set(seen[-1]) == {"192.0.2.21:80", "192.0.2.22:80"}

    wait_until(both_in_use)
    took = time.monotonic() - ready
    assert took <= 1 + 0.5 + noise.allowance(), f"first round took {took:.2f} s, {ready - started:.2f} s to be ready"
    wait_until(lambda: evenkeel.status()["ready"])
    assert all("192.0.2.23:80" not in each for each in seen)
    assert evenkeel.command("status").returncode == 0
