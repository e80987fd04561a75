"""Answers that nobody has thought of: those of the corpus, changed at random."""

import dataclasses
import random

_PIECES = [
    b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b";", b",", b'"', b"=", b"\0", b"\x01", b"\x7f", b"\x80", b"\xff",
    b"0", b"1", b"5", b"a", b"\r\n ", b"\n\t", b"HTTP/1.1 100 C\r\n\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: 14\r\n", b"Content-Length: 14 \r\n", b"Content-Length: 3\r\n", b"Content-Encoding: identity\r\n",
    b"Content-Range: bytes 0-1/2\r\n", b"Content-Type: text/html\r\n", b"Connection: close\r\n",
    b"Connection: keep-alive\r\n", b"Keep-Alive: x\r\n", b"Proxy-Connection: close\r\n", b"Set-Cookie: a=b\r\n",
    b"Trailer: x\r\n", b"Upgrade: websocket\r\n", b"Location: /\r\n", b"X: y\r\n",
]


def mutated(corpus, count, seed):
    """`count` answers; the same for the same seed."""
    source = random.Random(seed)
    closed = [answer for answer in corpus if not answer.holds]
    made = []
    for number in range(count):
        origin = source.choice(closed)
        octets = origin.octets
        for _ in range(source.choice((1, 1, 1, 2))):
            octets = _change(source, octets, closed)
        wants = source.choice(("", "needle")) if b"needle" in octets else ""
        made.append(dataclasses.replace(origin, name=f"{number} of seed {seed}, {origin.name}", octets=octets, wants=wants))
    return made


def _change(source, octets, corpus):
    body = octets.find(b"needle")
    end = len(octets) if body < 0 or source.random() < 0.3 else body
    at = source.randrange(end + 1)
    if source.random() < 0.5:  # where a line begins
        at = source.choice([0, *(i + 1 for i, octet in enumerate(octets[:end]) if octet == ord("\n"))])
    kind = source.random()
    if kind < 0.55:
        return octets[:at] + source.choice(_PIECES) + octets[at:]
    if kind < 0.75:
        return octets[:at] + octets[at + source.choice((1, 1, 2, 4)):]
    if kind < 0.85:
        return octets[:at] + bytes([source.randrange(256)]) + octets[at + 1:]
    if kind < 0.95:  # another answer's second line
        lines = source.choice(corpus).octets.split(b"\n", 2)
        return octets[:at] + lines[min(1, len(lines) - 1)][:3000] + b"\n" + octets[at:]
    return octets.replace(b"\r\n", b"\n", source.choice((1, 2, 3)))
