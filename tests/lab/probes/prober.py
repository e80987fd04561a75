"""Checks as the checks process makes them."""

import dataclasses
import json
import subprocess

from lablib.binaries import binary


@dataclasses.dataclass(frozen=True)
class Outcome:
    check: int
    reason: str
    detail: str
    milliseconds: int


def outcomes(checks, rounds=1, stay=0.0):
    """What each check came to, `rounds` times, in the order of the checks; then stays for so many seconds."""
    lines = "".join(json.dumps(check) + "\n" for check in checks)
    command = [binary("evenkeel-probe"), "--rounds", str(rounds), "--stay", str(int(stay * 1000))]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told = [Outcome(**json.loads(line)) for line in done.stdout.splitlines()]
    return sorted(told, key=lambda outcome: outcome.check)


def outcome(**check):
    """What one check came to."""
    return outcomes([check])[0]


def http(port, address="127.0.0.1", **options):
    return {"type": "http", "address": address, "port": port, **options}


def tcp(port, address="127.0.0.1", **options):
    return {"type": "tcp", "address": address, "port": port, **options}
