"""What another program of the host can do to the daemon: lock its files, pass it descriptors, take its clients' places."""

import array
import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import stat
import struct
import subprocess
import time

import pytest
from routers import Speaker, VirtualRouter

from lablib.host import wait_until

PRIORITY = 200
HOUR = 3600
NOBODY = 65534
SYS_PIDFD_GETFD = 438
CHANNEL = 3  # of a child


@pytest.fixture
def daemon(segment):
    """evenkeeld on lb1, a lone Master."""
    lb1 = segment.nodes[0]
    speaker = Speaker("evenkeel", lb1, VirtualRouter(interval=0.2), {lb1: PRIORITY}).start().wait_for_master()
    return speaker.program


@contextlib.contextmanager
def lingering(main):
    """A TCP socket with unsent data whose last close() lasts an hour: that is not ours, for main sleeps meanwhile."""
    os.kill(main, signal.SIGSTOP)
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        reader, _ = server.accept()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, HOUR))
    client.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            client.send(bytes(65536))
    yield client
    client.close()
    os.kill(main, signal.SIGCONT)
    _readers.append(reader)  # it takes nothing, for as long as we live


_readers = []


def channel_of(pid):
    """The end of the channel that this child has."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = os.pidfd_open(pid)
    taken = libc.syscall(SYS_PIDFD_GETFD, handle, CHANNEL, 0)
    assert taken >= 0, os.strerror(ctypes.get_errno())
    os.close(handle)
    return socket.socket(fileno=taken)


def connect(path):
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(10)
    client.connect(path)
    return client


def pass_on(sender, payload, passed):
    sender.sendmsg([payload], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [passed.fileno()]))])


def slowest_status(program, seconds):
    """Of requests on a connection of their own, one after the other."""
    worst = 0.0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        with connect(program.socket) as client:
            client.sendall(b'{"command":"vrrp"}\n')
            assert json.loads(client.makefile().readline())["ok"]
        worst = max(worst, time.monotonic() - began)
        time.sleep(0.01)
    return worst


@pytest.mark.parametrize("door", ["control.sock", "status.sock", "checks", "vrrp"])
def test_a_descriptor_that_is_passed_holds_nobody_up(daemon, sleeper, door):
    main = daemon.pid
    children = daemon.children()
    restarts = [each["restarts"] for each in daemon.status()["processes"]]
    with contextlib.ExitStack() as stack:
        if door in children:
            sender = stack.enter_context(channel_of(children[door]))
        else:
            sender = stack.enter_context(connect(os.path.join(daemon.runtime_directory, door)))
        with lingering(main) as passed:
            pass_on(sender, b'{"command":"vrrp"}\n', passed)
            pass_on(sender, b"x", passed)
    worst = slowest_status(daemon, 3)
    print(f"passed to {door}: the slowest answer took {worst * 1000:.1f} ms")
    assert daemon.pid == main and daemon.is_running() and daemon.children() == children
    assert [each["restarts"] for each in daemon.status()["processes"]] == restarts
    assert worst < 0.1 + sleeper.allowance()
    assert daemon.stop() == 0


@pytest.mark.whole_machine
def test_of_many_that_pass_descriptors_none_holds_anybody_up(daemon, sleeper):
    """Ten at a time, each with what it has passed still in its queue, and gone."""
    for _ in range(5):
        with contextlib.ExitStack() as stack, lingering(daemon.pid) as passed:
            for _ in range(10):
                client = stack.enter_context(connect(daemon.socket))
                pass_on(client, b"x", passed)
                pass_on(client, b"x", passed)
    worst = slowest_status(daemon, 1)
    print(f"the slowest answer took {worst * 1000:.1f} ms")
    assert worst < 0.1 + sleeper.allowance()
    assert len(os.listdir(f"/proc/{daemon.pid}/fd")) < 60


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def locker(path, user=NOBODY):
    """A process of another user that opens this file, and waits for its lock as long as it takes."""
    process = subprocess.Popen(["/usr/bin/setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "flock", "-x",
                                path, "sleep", "1000"], stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(0.3)
    return process


def end(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_nobody_else_can_open_the_lock(daemon):
    path = os.path.join(daemon.runtime_directory, "lock")
    assert mode_of(path) == 0o600
    waiting = locker(path)
    assert waiting.poll() not in (None, 0), "permission denied"
    others = [name for name in os.listdir(daemon.runtime_directory)
              if mode_of(os.path.join(daemon.runtime_directory, name)) & 0o007]
    assert others == [], "nothing there is for everybody"


def test_a_lock_of_an_earlier_version_that_a_stranger_waits_for(daemon):
    """He gets it when the daemon leaves, and keeps nobody out."""
    path = os.path.join(daemon.runtime_directory, "lock")
    daemon.stop()
    os.unlink(path)
    with open(path, "w", encoding="ascii") as file:
        file.write("1 leaving\n")
    os.chmod(path, 0o644)
    stranger = locker(path)
    try:
        daemon.start()
        told = daemon.log_lines("is locked by process")
        assert len(told) == 1 and f"process {stranger.pid} (flock, user {NOBODY}), which is not evenkeeld" in told[0], told
        assert mode_of(path) == 0o600
        daemon.kill_all()
        released = daemon.release()
        assert released.returncode == 0 and "locked" not in released.stderr, released.stderr
    finally:
        end(stranger)


def test_who_holds_the_lock_and_is_no_daemon_is_named(daemon):
    """Root can open it: a start and `release` fail, and say who it is; `release` does not claim to have done its work."""
    path = os.path.join(daemon.runtime_directory, "lock")
    daemon.kill_all()
    daemon.wait()
    with open(path, "rb") as file:
        wait_until(lambda: not fails(lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)))
        for done in (daemon.release(), daemon.host.call(daemon.command_line())):
            assert done.returncode == 1, done.stderr
            assert f"{path} is locked by process {os.getpid()} (" in done.stderr, done.stderr
            assert "which is not evenkeeld" in done.stderr
    assert daemon.release().returncode == 0


def fails(action):
    try:
        action()
    except OSError:
        return True
    return False


def test_a_help_request_releases_nothing(daemon):
    program = daemon.command_line()
    for words in (["--help", "release", "--all"], ["release", "--all", "--help"], ["release", "--version", "--all"]):
        done = daemon.host.call([program[0], *words])
        assert done.returncode == 0 and "released" not in done.stderr, done.stderr
    assert daemon.instance()["state"] == "master"


def test_a_stop_says_who_asked_for_it(daemon):
    assert daemon.stop() == 0
    assert daemon.log_lines(f"stopping: SIGTERM from process {os.getpid()} (")
