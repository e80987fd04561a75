"""Fixtures of the scenarios that need no IPVS: they run on the host's own kernel, in namespaces."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from segment import Segment  # noqa: E402

from lablib.noise import Noise  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def modules():
    """None are needed here."""


@pytest.fixture
def make_segment(scratch):
    """make_segment("lb1", "lb2"): a network with these nodes, taken away at the end."""
    made = []

    def make(*nodes):
        made.append(Segment(os.path.join(scratch, f"segment{len(made)}"), nodes or ("lb1", "lb2")))
        return made[-1]

    yield make
    for segment in made:
        segment.close()


@pytest.fixture
def segment(make_segment):
    """lb1 and lb2."""
    return make_segment()


@pytest.fixture
def sleeper(request):
    """As the lab's noise, without its repetitions under --full."""
    beside = Noise()
    request.node.noise = beside
    yield beside
    beside.stop()


@pytest.fixture
def is_full(request):
    return request.config.getoption("--full")
