"""One machine for all scenarios, in their order: each goes on where the one before ended."""

import os
import shutil
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lablib.binaries import CHECKOUT  # noqa: E402
from lablib.machine import Machine  # noqa: E402

RESULTS = os.path.join(CHECKOUT, "build", "systemd", "results")


@pytest.fixture(scope="session")
def machine():
    shutil.rmtree(RESULTS, ignore_errors=True)
    os.makedirs(RESULTS)
    made = Machine(os.environ["EVENKEEL_MACHINE_ROOT"], os.environ["EVENKEEL_MACHINE_KERNEL"],
                   os.environ["EVENKEEL_MACHINE_INITRAMFS"], os.environ["EVENKEEL_MACHINE_ACCELERATOR"], RESULTS)
    yield made
    with open(os.path.join(RESULTS, "journal"), "w", encoding="utf-8") as file:
        file.write(made.call("journalctl -o short-monotonic --no-pager", timeout=120).stdout)
    made.end()
