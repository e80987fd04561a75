"""README.md as its reader takes it: the blocks that can be typed or pasted."""

import os
import re

from .binaries import CHECKOUT

README = os.path.join(CHECKOUT, "README.md")


def blocks(language, text=None):
    """[(heading, text), ...] of the fenced blocks of a language, in their order."""
    if text is None:
        with open(README, encoding="utf-8") as file:
            text = file.read()
    found, heading, kind, lines = [], "", None, []
    for line in text.splitlines():
        if kind is not None:
            if line == "```":
                found.append((kind, heading, "\n".join(lines) + "\n"))
                kind, lines = None, []
            else:
                lines.append(line)
        elif fence := re.fullmatch(r"```(\w*)", line):
            kind = fence[1]
        elif title := re.fullmatch(r"#+ (.*)", line):
            heading = title[1]
    return [(heading, block) for kind, heading, block in found if kind == language]


def steps(heading):
    """What is to be typed below a heading: its shell blocks, [[line, ...], ...]."""
    return [block.splitlines() for found, block in blocks("sh") if found == heading]
