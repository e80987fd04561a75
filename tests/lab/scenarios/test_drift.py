"""Somebody else writes to the kernel: what is ours is repaired, what is not is left alone, a fight is given up."""

import time

from lablib import VIRTUAL, wait_until
from lablib.config import virtual_service

WEB = "tcp 192.0.2.10:80"
FOREIGN = "tcp 192.0.2.10:8080"
DRIFT_INTERVAL = 1.0
CONFIRMATION = 0.5  # a difference is read again at once; with our own looking


def start(lab):
    for server in lab.real_servers:
        server.start_nginx(80)
    evenkeel = lab.lb1.start_evenkeel(f'[ipvs]\ndrift_interval = "{DRIFT_INTERVAL:.0f}s"\n'
                                      + virtual_service(lab.real_servers, weights=(3, 2, 1)))
    wait_until(lambda: len(lab.lb1.weights(WEB)) == 3)
    return evenkeel


def test_flush_is_repaired(lab, noise):
    evenkeel = start(lab)
    before = lab.lb1.saved()
    repairs = evenkeel.status()["counters"]["drift_repairs"]
    lab.lb1.ipvsadm("-C")
    flushed = time.monotonic()
    wait_until(lambda: lab.lb1.saved() == before)
    took = time.monotonic() - flushed
    assert took <= DRIFT_INTERVAL + CONFIRMATION + noise.allowance(), f"repaired after {took:.2f} s"
    wait_until(lambda: evenkeel.status()["counters"]["drift_repairs"] == repairs + 1)
    assert len(evenkeel.log_lines("drift")) == 1
    assert lab.client.get(VIRTUAL[4])[0] == 200


def test_status_tells_what_it_has_seen_and_has_it_repaired(lab):
    for server in lab.real_servers:
        server.start_nginx(80)
    evenkeel = lab.lb1.start_evenkeel(virtual_service(lab.real_servers, weights=(3, 2, 1)))  # a look every 30 s
    wait_until(lambda: len(lab.lb1.weights(WEB)) == 3)
    before = lab.lb1.saved()
    lab.lb1.ipvsadm("-C")
    seen = evenkeel.command("status")
    assert seen.returncode == 2, seen.stdout  # nobody is served
    assert "kernel has drifted" in seen.stdout
    assert "TCP 192.0.2.10:80: the service is missing" in seen.stdout
    wait_until(lambda: lab.lb1.saved() == before, seconds=5)
    assert "kernel in sync" in evenkeel.command("status").stdout
    assert evenkeel.status()["kernel"]["sysctls"]["expire_nodest_conn"] == "1"


def test_a_weight_a_stranger_and_a_missing_server(lab):
    evenkeel = start(lab)
    before = sorted(lab.lb1.saved().splitlines())
    meddling = (["-e", "-t", "192.0.2.10:80", "-r", "192.0.2.21:80", "-g", "-w", "99"],
                ["-a", "-t", "192.0.2.10:80", "-r", "192.0.2.99:80", "-g", "-w", "5"],
                ["-d", "-t", "192.0.2.10:80", "-r", "192.0.2.22:80"])
    for done, arguments in enumerate(meddling, start=1):
        lab.lb1.ipvsadm(*arguments)
        wait_until(lambda: evenkeel.status()["counters"]["drift_repairs"] == done)
        assert sorted(lab.lb1.saved().splitlines()) == before
    assert len(evenkeel.log_lines("drift")) == 3


def test_foreign_service_is_left_alone(lab):
    foreign = "-A -t 192.0.2.10:8080 -s sh\n-a -t 192.0.2.10:8080 -r 192.0.2.21:80 -m -w 7\n"
    lab.lb1.restore(foreign)
    evenkeel = start(lab)
    assert evenkeel.status()["kernel"]["foreign_services"] == 1
    lab.lb1.ipvsadm("-d", "-t", "192.0.2.10:80", "-r", "192.0.2.22:80")
    wait_until(lambda: len(lab.lb1.weights(WEB)) == 3)
    assert evenkeel.reload().returncode == 0
    time.sleep(2 * DRIFT_INTERVAL)
    assert lab.lb1.weights(FOREIGN) == {"192.0.2.21:80": 7}
    lab.lb1.ipvsadm("-D", "-t", "192.0.2.10:8080")
    wait_until(lambda: evenkeel.status()["kernel"]["foreign_services"] == 0)
    assert evenkeel.status()["counters"]["drift_repairs"] == 1


def test_a_writer_that_fights_back_is_named(lab):
    evenkeel = start(lab)
    rounds = 0
    deadline = time.monotonic() + 30

    def repaired():
        return lab.lb1.weights(WEB).get("192.0.2.21:80") == 3

    while time.monotonic() < deadline:
        lab.lb1.ipvsadm("-e", "-t", "192.0.2.10:80", "-r", "192.0.2.21:80", "-g", "-w", "99")
        try:
            wait_until(repaired, seconds=DRIFT_INTERVAL + 2)
        except AssertionError:
            break
        rounds += 1
    assert rounds == 5
    assert evenkeel.log_lines("giving up")
    status = evenkeel.status()
    assert any("192.0.2.10:80" in warning for warning in status["warnings"]), status["warnings"]
    assert evenkeel.command("status").returncode == 1
    # A reload is the operator's word: it is taken up again.
    assert evenkeel.reload().returncode == 0
    wait_until(repaired)
