"""Servers that fail: they leave in time, for the right reason, in the right way, and come back."""

import time

import pytest

from lablib import VIRTUAL, wait_until
from lablib.config import virtual_service

WEB = "tcp 192.0.2.10:80"
INTERVAL, TIMEOUT, FALL, RISE = 0.2, 0.1, 3, 2
TCP_CHECK = '{ type = "tcp", interval = "200ms", timeout = "100ms", fall = 3, rise = 2 }'
HTTP_CHECK = '{ type = "http", path = "/health", interval = "200ms", timeout = "100ms", fall = 3, rise = 2 }'
SEEING = 0.05  # what our own looking at the table may add


def start(lab, check, **keys):
    """nginx on every real server, evenkeel on lb1, all of them in use."""
    nginx = {server.name: server.start_nginx(80) for server in lab.real_servers}
    evenkeel = lab.lb1.start_evenkeel(virtual_service(lab.real_servers, check=check, **keys))
    wait_until(lambda: len(lab.lb1.weights(WEB)) == len(lab.real_servers))
    return evenkeel, nginx


def when(what, seconds=20):
    """The moment at which it became true."""
    wait_until(what, seconds, every=0.01)
    return time.monotonic()


def test_killed_server_leaves_and_comes_back(lab, noise):
    evenkeel, nginx = start(lab, TCP_CHECK)
    load = lab.client.start_load(VIRTUAL[4], rate=300, seconds=4)
    time.sleep(1)

    nginx["rs2"].kill()
    killed = time.monotonic()
    gone = when(lambda: "192.0.2.22:80" not in lab.lb1.weights(WEB))
    time.sleep(0.5)
    server = evenkeel.real_server("rs2")
    assert server["health"] == "down"
    assert "refused" in server["explanation"]
    removals = evenkeel.log_lines("service web: removing rs2 (192.0.2.22:80)")
    assert len(removals) == 1 and "connect refused" in removals[0], evenkeel.log

    result = load.result()
    allowed = FALL * INTERVAL + TIMEOUT + noise.allowance()
    assert gone - killed <= allowed + SEEING, f"out after {gone - killed:.3f} s"
    # Each third connection went there until then.
    assert 0 < result.failed <= (allowed + SEEING) * 300 / 3, result
    assert set(result.failures) <= {"refused", "reset", "eof"}, result
    assert not result.failed_between(gone, result.ended), result


def test_server_comes_back_after_its_successes(lab, noise):
    evenkeel, nginx = start(lab, TCP_CHECK)
    nginx["rs2"].kill()
    wait_until(lambda: "192.0.2.22:80" not in lab.lb1.weights(WEB))
    lab.host("rs2").start_nginx(80)
    started = time.monotonic()
    back = when(lambda: "192.0.2.22:80" in lab.lb1.weights(WEB))
    assert back - started <= RISE * INTERVAL + TIMEOUT + noise.allowance() + SEEING, f"back after {back - started:.3f} s"
    assert evenkeel.real_server("rs2")["health"] == "up"
    assert len(evenkeel.log_lines("service web: adding rs2 (192.0.2.22:80)")) == 2  # at the start, and now


def test_connections_of_a_vanished_server_are_reset(lab):
    """Its cable is pulled: nobody there could reset them, so the balancer lets the client know."""
    start(lab, TCP_CHECK, scheduler="rr")
    held = [lab.client.connect(VIRTUAL[4]) for _ in range(3)]  # one on each server
    lab.cut("rs2")
    wait_until(lambda: "192.0.2.22:80" not in lab.lb1.weights(WEB))
    outcomes = []
    for connection in held:
        with connection:
            try:
                connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
                outcomes.append("answered" if connection.recv(4096) else "closed")
            except ConnectionResetError:
                outcomes.append("reset")
    assert sorted(outcomes) == ["answered", "answered", "reset"]


def test_sorry_server_steps_in_and_out(make_lab):
    lab = make_lab(real_servers=3)
    lab.place_virtual_addresses("lb1")
    nginx = {server.name: server.start_nginx(80) for server in lab.real_servers}
    pool = lab.real_servers[:2]
    evenkeel = lab.lb1.start_evenkeel(virtual_service(
        pool, check=TCP_CHECK, sorry_server='{ address = "192.0.2.23", port = 80, forwarding = "direct" }'))
    wait_until(lambda: set(lab.lb1.weights(WEB)) == {"192.0.2.21:80", "192.0.2.22:80"})

    nginx["rs1"].kill()
    nginx["rs2"].kill()
    wait_until(lambda: set(lab.lb1.weights(WEB)) == {"192.0.2.23:80"})
    assert lab.client.get(VIRTUAL[4]) == (200, "rs3\n")
    assert evenkeel.command("status").returncode == 2  # the quorum is lost
    assert evenkeel.log_lines("quorum lost")

    lab.host("rs1").start_nginx(80)
    wait_until(lambda: set(lab.lb1.weights(WEB)) == {"192.0.2.21:80"})
    assert lab.client.get(VIRTUAL[4]) == (200, "rs1\n")
    assert evenkeel.command("status").returncode == 1  # rs2 is still down


def test_server_without_a_check_is_used(lab):
    for server in lab.real_servers:
        server.start_nginx(80)
    evenkeel = lab.lb1.start_evenkeel(virtual_service(lab.real_servers))
    wait_until(lambda: len(lab.lb1.weights(WEB)) == 3)
    assert lab.client.load(VIRTUAL[4], rate=100, seconds=0.3, timeout=5).failed == 0
    server = evenkeel.real_server("rs1")
    assert server["health"] == "up" and not server["checked"]


def test_503_lets_connections_finish(lab):
    """It answers that it is unwell: no new connections, but a download that is under way comes to its end."""
    evenkeel, _ = start(lab, HTTP_CHECK, scheduler="rr")
    # The first connections of a round robin: one download from each server.
    downloads = [lab.client.connect(VIRTUAL[4], timeout=20) for _ in range(3)]
    for download in downloads:
        download.sendall(b"GET /slow HTTP/1.0\r\n\r\n")
    lab.host("rs2").set_healthy(False)
    wait_until(lambda: lab.lb1.weights(WEB).get("192.0.2.22:80") == 0)
    out = time.monotonic()
    server = evenkeel.real_server("rs2")
    assert (server["health"], server["usage"]) == ("down", "quiesced")
    assert "503" in server["explanation"]

    result = lab.client.load(VIRTUAL[4], rate=100, seconds=1, timeout=5)
    assert result.failed == 0 and set(result.servers) == {"rs1", "rs3"}, result

    for download in downloads:
        received = 0
        while data := download.recv(65536):
            received += len(data)
        assert received > 48 * 1024
        download.close()
    assert time.monotonic() - out > 2, "the downloads were over too early to prove anything"
    lab.host("rs2").set_healthy(True)
    wait_until(lambda: lab.lb1.weights(WEB).get("192.0.2.22:80") == 1)


def test_dripping_server_fails_at_its_deadline(lab, noise):
    """One byte a second, for ever: each read succeeds, the check as a whole does not."""
    for server in lab.real_servers:
        server.start_nginx(80)
    lab.host("rs2").start_small("drip", 81, "1")
    lab.host("rs3").start_small("http", 81, "/dev/null")  # closes without a word
    lab.host("rs1").start_small("hang", 81)
    evenkeel = lab.lb1.start_evenkeel(virtual_service(
        lab.real_servers, check='{ type = "http", port = 81, interval = "1s", timeout = "600ms", fall = 1, rise = 1 }'))
    wait_until(lambda: all(server["health"] == "down" for server in evenkeel.status()["services"][0]["real_servers"]))
    for name in ("rs1", "rs2"):
        server = evenkeel.real_server(name)
        assert "deadline" in server["explanation"].lower() or "timeout" in server["explanation"].lower(), server
        took = server["last"]["latency_us"] / 1e6
        assert 0.6 <= took <= 0.6 + 0.02 + noise.allowance(), server
    assert lab.lb1.weights(WEB) == {}


@pytest.mark.parametrize("status, accepted", [("204", '["200-299"]'), ("404", '["404"]')])
def test_statuses_are_the_operators_choice(lab, scratch, status, accepted):
    answer = f"{scratch}/answer"
    with open(answer, "w", encoding="ascii") as file:
        file.write(f"HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    for server in lab.real_servers:
        server.start_small("http", 81, answer)
    lab.lb1.start_evenkeel(virtual_service(
        lab.real_servers, check=f'{{ type = "http", port = 81, status = {accepted}, interval = "1s" }}'))
    wait_until(lambda: len(lab.lb1.weights(WEB)) == 3)
