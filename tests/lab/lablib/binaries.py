"""Where the built programs are: EVENKEEL_BINARIES, or build/release/bin of this checkout."""

import os

CHECKOUT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))


def binary(name):
    directory = os.environ.get("EVENKEEL_BINARIES") or os.path.join(CHECKOUT, "build", "release", "bin")
    path = os.path.join(directory, name)
    if not os.access(path, os.X_OK):
        raise FileNotFoundError(f"{path} is not built: cmake --preset release && cmake --build --preset release")
    return path
