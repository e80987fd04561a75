"""A look at a file that does not end: what was known is stale, and nobody else waits."""

import ctypes
import os
import time

import pytest

from routers import Speaker, VirtualRouter

from lablib.host import wait_until

LOOK_LIMIT = 5


class DeadFileSystem:
    """A FUSE file system that nobody serves: whoever looks into it waits until close()."""

    def __init__(self, path):
        os.makedirs(path)
        try:
            self._file = os.open("/dev/fuse", os.O_RDWR)
        except OSError as error:
            pytest.skip(f"no FUSE here: {error}")
        self._path = path
        options = f"fd={self._file},rootmode=40000,user_id=0,group_id=0"
        self._libc = ctypes.CDLL(None, use_errno=True)
        if self._libc.mount(b"dead", path.encode(), b"fuse", 0, options.encode()) != 0:
            pytest.skip(f"no FUSE here: {os.strerror(ctypes.get_errno())}")

    def close(self):
        """Every look ends in an error."""
        os.close(self._file)

    def unmount(self):
        self._libc.umount2(self._path.encode(), 2)  # MNT_DETACH


@pytest.fixture
def dead(scratch):
    made = DeadFileSystem(os.path.join(scratch, "dead"))
    yield made
    made.unmount()


def test_what_is_known_is_stale_while_a_look_does_not_end(segment, dead, scratch):
    lb1, lb2 = segment.nodes
    plain, stuck = os.path.join(scratch, "plain"), os.path.join(scratch, "dead", "file")
    with open(plain, "w", encoding="ascii"):
        pass
    more = f'track_files = [{{ path = "{plain}", weight = -20 }}, {{ path = "{stuck}", weight = -30 }}]'
    priorities = {lb1: 150, lb2: 100}
    ours = Speaker("evenkeel", lb1, VirtualRouter(interval=0.2, more=more), priorities)
    other = Speaker("evenkeel", lb2, VirtualRouter(interval=0.2), priorities)
    ours.start().wait_for_master()
    other.start()

    def states():
        return {each["name"]: each["state"] for each in ours.program.instance()["tracks"]}

    wait_until(lambda: states() == {plain: "holds", stuck: "unknown"})
    ours.program.wait_for_log(f"tracks of files and processes are stale: a look at {stuck} does not end", LOOK_LIMIT + 5)
    wait_until(lambda: states()[plain] == "stale")
    assert ours.is_master()
    began = time.monotonic()
    assert ours.program.command("failover").returncode == 0
    wait_until(other.is_master, 5)
    assert ours.program.command("resume").returncode == 0
    assert time.monotonic() - began < LOOK_LIMIT, "neither main nor the election waits for the look"
    time.sleep(1)
    assert other.is_master(), "nobody preempts with a track that is unknown"

    dead.close()
    wait_until(lambda: states() == {plain: "holds", stuck: "cannot_run"})
    wait_until(ours.is_master, 5)
    assert ours.program.instance()["priority"] == 120, "what never had a value counts as failing with its weight"
    assert ours.program.log_lines("tracks of files and processes are up to date")
    os.unlink(plain)
    wait_until(lambda: states()[plain] == "fails")
