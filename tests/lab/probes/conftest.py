"""Fixtures of the scenarios of the checks alone: on the host's own kernel, in namespaces, without a daemon."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from servers import Servers  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def modules():
    """None are needed here."""


@pytest.fixture
def servers():
    """Small servers on ports of the loopback, gone at the end."""
    made = Servers()
    yield made
    made.close()
