"""Where the built programs are: EVENKEEL_BINARIES (say a sanitised build's bin), else build/release/bin here."""

import os

CHECKOUT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
_RELEASE = os.path.join(CHECKOUT, "build", "release", "bin")
SANITISED = os.path.join(CHECKOUT, "build", "dev", "bin")


def binary(name, directory=None):
    """The program's path, from `directory` first."""
    for place in filter(None, (directory, os.environ.get("EVENKEEL_BINARIES"), _RELEASE)):
        path = os.path.join(place, name)
        if os.access(path, os.X_OK):
            return path
    raise FileNotFoundError(f"{name} is not built: cmake --preset release && cmake --build --preset release")
