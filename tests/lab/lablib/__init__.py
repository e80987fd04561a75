"""The lab's library: hosts, load and judges, for scenarios that an operator can read."""

from .client import at
from .drill import Drill
from .host import CommandFailed, Host, wait_until
from .load import LoadResult
from .noise import Noise
from .pair import Pair
from .topology import GATEWAY, VIRTUAL, Lab

__all__ = ["GATEWAY", "VIRTUAL", "CommandFailed", "Drill", "Host", "Lab", "LoadResult", "Noise", "Pair", "at", "wait_until"]
