"""Garbage from clients of the control socket and from real servers: each a named error, nothing lost.

By the release build, and by the build with AddressSanitizer (leaks included) and UndefinedBehaviorSanitizer.
"""

import contextlib
import json
import os
import random
import select
import socket
import time

import pytest

from lablib import VIRTUAL, wait_until
from lablib.binaries import SANITISED
from lablib.config import many_services, virtual_service

WEB = "tcp 192.0.2.10:80"
CHECK = '{ type = "tcp", interval = "500ms", timeout = "400ms" }'
MAX_CLIENTS = 64
STALLED = 10  # seconds without progress after which a reader is dropped


@pytest.fixture(params=["release", "sanitised"])
def is_sanitised(request):
    if request.param == "sanitised" and not os.path.exists(f"{SANITISED}/evenkeeld"):
        pytest.skip("the sanitised build is not there: cmake --preset dev && cmake --build --preset dev")
    return request.param == "sanitised"


@pytest.fixture
def start_evenkeel(is_sanitised, lab):
    """Starts it; at the end of the scenario it must stop as asked, and have nothing to complain of."""
    started = []

    def start_it(config):
        started.append(lab.lb1.start_evenkeel(config, binaries=SANITISED if is_sanitised else None))
        return started[-1]

    yield start_it
    for evenkeel in started:
        assert evenkeel.stop(60) == 0, evenkeel.log[-5000:]
        for complaint in ("Sanitizer", "runtime error", "terminate called"):
            assert complaint not in evenkeel.log, evenkeel.log[-5000:]


def start(lab, start_evenkeel, more=""):
    for server in lab.real_servers:
        server.start_nginx(80)
    evenkeel = start_evenkeel(virtual_service(lab.real_servers, check=CHECK) + more)
    wait_until(lambda: evenkeel.status()["ready"] and len(lab.lb1.weights(WEB)) == 3, seconds=60)
    return evenkeel


def connect(evenkeel):
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(15)
    client.connect(evenkeel.socket)
    return client


def answer(client):
    """Its next line; "" when the daemon has closed."""
    line = b""
    with contextlib.suppress(ConnectionResetError):
        while not line.endswith(b"\n"):
            data = client.recv(1)
            if not data:
                break
            line += data
    return line.decode()


def error_code(line):
    return json.loads(line)["error"]["code"]


def restarts(evenkeel):
    return {process["role"]: process["restarts"] for process in evenkeel.status()["processes"]}


def test_garbage_on_the_control_socket(lab, start_evenkeel):
    evenkeel = start(lab, start_evenkeel)
    load = lab.client.start_load(VIRTUAL[4], rate=100, seconds=8)
    main, before = evenkeel.pid, restarts(evenkeel)
    table = lab.lb1.saved()

    chance = random.Random(1)
    for size in (1, 7, 100, 5000, 100000):
        with connect(evenkeel) as client:
            client.sendall(chance.randbytes(size).replace(b"\n", b"\0") + b"\n")
            assert error_code(answer(client)) == "malformed_request"
    for text in ("{", "[]", '"status"', '{"command":"status"', '{"command":7}', "[" * 100000, '{"command":"status"} x',
                 '{"command":"status","command":"reload"}', '{"command":"status","view":"sideways"}'):
        with connect(evenkeel) as client:
            client.sendall(text.encode() + b"\n")
            assert error_code(answer(client)) in ("malformed_request", "bad_field", "unknown_command"), text
    with connect(evenkeel) as client:
        client.sendall(b'{"command":"sing"}\n')
        assert error_code(answer(client)) == "unknown_command"

    with connect(evenkeel) as client:  # 2 MiB without an end of line
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            client.sendall(b"x" * (2 << 20))
        line = answer(client)
        assert line == "" or error_code(line) == "request_too_large"
        assert answer(client) == ""

    status = evenkeel.status()
    assert status["counters"]["malformed_requests"] >= 15
    assert evenkeel.pid == main and evenkeel.is_running() and restarts(evenkeel) == before
    assert lab.lb1.saved() == table
    result = load.result()
    assert result.failed == 0, result


def test_two_hundred_clients(lab, start_evenkeel):
    evenkeel = start(lab, start_evenkeel)
    clients = [connect(evenkeel) for _ in range(200)]
    refused = 0
    for client in clients:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            client.sendall(b'{"command":"status"}\n')
        line = answer(client)
        if line == "" or not json.loads(line)["ok"]:
            refused += 1
            assert line == "" or error_code(line) == "too_many_clients"
    assert refused == 200 - MAX_CLIENTS
    for client in clients:
        client.close()
    status = wait_until(evenkeel.status)
    assert status["counters"]["rejected_clients"] >= 200 - MAX_CLIENTS
    assert lab.client.get(VIRTUAL[4])[0] == 200


def resident(pid):
    """KiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def test_readers_that_stop(lab, start_evenkeel, is_sanitised):
    """They ask for a megabyte of status each and read nothing: dropped after a while, and nobody else waits."""
    evenkeel = start(lab, start_evenkeel, many_services(300, 10))

    def asking():
        began = time.monotonic()
        assert evenkeel.status()["ready"]
        return time.monotonic() - began

    alone = asking()
    before = resident(evenkeel.pid)
    stalled = [connect(evenkeel) for _ in range(5 if is_sanitised else 20)]  # an answer is dear there
    for client in stalled:
        client.sendall(b'{"command":"status"}\n')
    assert asking() < (1 + len(stalled)) * alone + 1, "the others are waited for"
    if not is_sanitised:  # freed memory is kept there, to be watched
        assert resident(evenkeel.pid) - before < 32 * 1024, "what stalled readers are owed is kept in memory"

    hung_up = select.poll()
    for client in stalled:
        hung_up.register(client, 0)  # 0: only POLLHUP and POLLERR, whatever is there to be read

    def all_dropped():
        return len(hung_up.poll(0)) == len(stalled)

    assert not all_dropped()
    wait_until(all_dropped, seconds=STALLED + 10, every=0.5)
    for client in stalled:
        client.close()
    assert evenkeel.is_running() and len(lab.lb1.weights(WEB)) == 3


BAD_ANSWERS = {
    "noise": (b"\x00\xff\x13\x37" * 64, "malformed"),
    "no-status": (b"HTTP/1.1\r\n\r\n", "malformed"),
    "wrong-version": (b"HTTP/7.9 200 OK\r\nContent-Length: 0\r\n\r\n", "malformed"),
    "bad-length": (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nok", "malformed"),
    "bad-chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n", None),
    "header-without-a-name": (b"HTTP/1.1 200 OK\r\n: nameless\r\n\r\n", "malformed"),
    "big-headers": (b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"y" * 1000) for i in range(500)), "headers"),
    "cut-short": (b"HTTP/1.1 200 OK\r\nContent-Len", None),
    "nothing": (b"", None),
}


def test_broken_http_answers(lab, start_evenkeel, scratch):
    """The good server stays in use beside eleven bad ones; the checks process lives through all of it."""
    server = lab.host("rs1")
    server.start_nginx(80)
    kinds = {}
    for index, (name, (answer_bytes, reason)) in enumerate(BAD_ANSWERS.items()):
        path = f"{scratch}/answer-{index}"
        with open(path, "wb") as file:
            file.write(answer_bytes)
        kinds[name] = (8100 + index, reason)
        server.start_small("http", 8100 + index, path)
    for kind, reason in (("endless", "headers"), ("reset", "reset")):
        kinds[kind] = (8200 + len(kinds), reason)
        server.start_small(kind, kinds[kind][0])
    servers = "".join(f'[[virtual_service.real_server]]\nname = "{name}"\naddress = "10.1.0.21"\nport = {port}\n'
                      for name, (port, _) in [("good", (80, None)), *kinds.items()])
    evenkeel = start_evenkeel(
        '[[virtual_service]]\nname = "web"\naddress = "192.0.2.10"\nport = 80\nprotocol = "tcp"\nscheduler = "rr"\n'
        'forwarding = "masquerade"\ncheck = { type = "http", path = "/", body = "rs1", interval = "500ms", '
        'timeout = "400ms" }\n' + servers)
    wait_until(lambda: evenkeel.status()["ready"], seconds=20)
    load = lab.client.start_load(VIRTUAL[4], rate=100, seconds=4)
    time.sleep(3)
    shown = {each["name"]: each for each in evenkeel.status()["services"][0]["real_servers"]}
    assert shown["good"]["health"] == "up"
    for name, (_, reason) in kinds.items():
        assert shown[name]["health"] == "down", shown[name]
        if reason:
            assert reason in shown[name]["explanation"].lower(), shown[name]
    assert restarts(evenkeel)["checks"] == 0
    assert set(lab.lb1.weights(WEB)) == {"10.1.0.21:80"} or all(
        weight == 0 for name, weight in lab.lb1.weights(WEB).items() if name != "10.1.0.21:80")
    assert load.result().failed == 0


def test_descriptors_do_not_leak(lab, start_evenkeel):
    """Two hundred requests and some checks later each process holds as many files as before."""
    evenkeel = start(lab, start_evenkeel)
    processes = [evenkeel.pid, evenkeel.children()["checks"]]

    def held():
        return [len(os.listdir(f"/proc/{pid}/fd")) for pid in processes]

    before = held()
    for _ in range(200):
        with connect(evenkeel) as client:
            client.sendall(b'{"command":"status"}\n')
            answer(client)
    time.sleep(2)
    wait_until(lambda: all(now <= then + 3 for now, then in zip(held(), before)))  # probes may be under way
