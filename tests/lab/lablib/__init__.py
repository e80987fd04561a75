"""The lab's library: hosts, load and judges, for scenarios that read as an operator's story."""

from .client import at
from .host import CommandFailed, Host, wait_until
from .load import LoadResult
from .noise import Noise
from .topology import GATEWAY, VIRTUAL, Lab

__all__ = ["GATEWAY", "VIRTUAL", "CommandFailed", "Host", "Lab", "LoadResult", "Noise", "at", "wait_until"]
