#!/usr/bin/python3
"""evenkeel.toml(5), rendered as a terminal shows it and given to the daemon's own parser: every signature, every bracketed or
quoted value in the text, every default in its place, and the example as a whole. What a reader pastes must be right.

usage: manual_test.py EVENKEELD PAGE
"""

import itertools
import re
import subprocess
import sys
import tempfile

# What a placeholder of a signature stands for.
SAMPLES = {"duration": '"1s"', "address": '"192.0.2.1"', "integer": "1", "boolean": "true", "port": "80", "table": "{}",
           "N": "50", "NAME": "name", "NODE": "lb1"}
SERVICE = 'virtual_service = [{ name = "web", address = "192.0.2.10", port = 80, protocol = "tcp", %s }]'
# Where a default is tried: below which heading of the page, or sentence that heads a list of keys.
CONTEXTS = {
    "GLOBAL": "global = { %s }",
    "IPVS": "ipvs = { %s }",
    "[ipvs.timeouts]": "ipvs.timeouts = { %s }",
    "[ipvs.sysctl]": "ipvs.sysctl = { %s }",
    "[[vrrp.instance]]": 'vrrp.instance = [{ name = "web", interface = "eth0", virtual_router_id = 61, '
                         'virtual_addresses = ["192.0.2.10"], %s }]',
    "CHECKS": 'check.a = { type = "tcp", %s }',
    "Of a tcp check": 'check.a = { type = "tcp", %s }',
    "Of an http check": 'check.a = { type = "http", %s }',
    "VIRTUAL SERVICES": SERVICE % 'forwarding = "tunnel", %s',
    "[[virtual_service.real_server]]": SERVICE % 'forwarding = "direct", real_server = [{ address = "192.0.2.21", %s }]',
}
FEWEST_PIECES, FEWEST_DEFAULTS = 100, 30  # fewer: the page is written in another way than this test reads


def render(page):
    """Its lines, paragraphs unbroken; a placeholder, which is underlined, stands between < and >."""
    shown = subprocess.run(["groff", "-mandoc", "-Tascii", "-P-c", "-rLL=9000n", "-ww", page], capture_output=True, text=True,
                           check=True)
    if shown.stderr:
        sys.exit(f"{page}: {shown.stderr}")
    text = re.sub("(.)\b\\1", r"\1", shown.stdout)
    return re.sub("(?:_\b.)+", lambda found: f"<{found.group()[2::3]}>", text).expandtabs().splitlines()


def plain(text):
    """With a sample for each placeholder, and without the dots that say "and so on"."""
    text = re.sub(r"<([^\w<>]+)>", r"\1", text)  # a sign that was underlined with the word before it
    text = re.sub(r"<(\w+)>(?= =)", r"key_\1", re.sub(r", *\.\.\.", "", text))
    return re.sub(r"<(\w+)>", lambda found: SAMPLES.get(found[1], '"x"'), text)


def snippets(text):
    """Every bracketed or quoted piece, with what is nested in it; of one that does not end, all that follows."""
    text = re.sub(r"[`'][^' ]{1,2}'", "", text)  # signs that are spoken of
    while found := re.search(r'["\[{]', text):
        depth, quoted, end = 0, False, len(text)
        for position in range(found.start(), len(text)):
            sign = text[position]
            quoted ^= sign == '"'
            depth += 0 if quoted else (sign in "[{") - (sign in "]}")
            if depth == 0 and not quoted:
                end = position + 1
                break
        yield text[found.start():end]
        text = text[end:]


def signatures(text):
    """`KEY = VALUE | VALUE, KEY = VALUE` -> [(key, [value, ...]), ...]; a comma within brackets parts nothing."""
    parts = [text] if re.search(r"[\[{]", text) else re.split(r", (?=\w+ = )", text)
    return [(key, value.split(" | ")) for key, _, value in (part.partition(" = ") for part in parts)]


def default_values(text):
    """What the sentence `Default: VALUE.` or `Defaults: VALUE and VALUE.` names; nothing where it is prose."""
    found = re.search(r"Defaults?: *(.*)", text)
    if not found:
        return []
    value = r'(true|false|\d+|"[^"]*"|\[.*\]|\{.*\})'
    values = re.match(rf"{value}(?: and {value})?(?:[.,; ]|$)", found[1])
    return [each for each in values.groups() if each] if values else []


class Page:
    """pieces: [(what the page shows, TOML: a value or a table's header)]; defaults: [(context, key, value)]."""

    def __init__(self, lines):
        self.pieces, self.defaults, self.example = [], [], []
        context, keys = "", []
        for heading, line in itertools.zip_longest((re.match(r" {0,3}(\S.*)", line) for line in lines), lines):
            text = line.strip()
            if heading:
                context, keys = heading[1], []
            elif headed := re.match("Of an? [a-z]+ check", text):
                context, keys = headed[0], []
            if context == "EXAMPLES":
                self.example.append("" if heading else text)
            elif not heading and re.match(r"\w+ = ", text):
                keys = [key for key, _ in signatures(text)]
                self.pieces += [(text, plain(value)) for _, values in signatures(text) for value in values]
            else:
                self.pieces += [(piece, plain(piece)) for piece in snippets(text)]
            if context in CONTEXTS:
                values = default_values(text)
                self.defaults += [(context, key, value) for key, value in zip(keys, values * len(keys))]


def complaints(program, text):
    """What the daemon says against a configuration: nothing, or its lines."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(text + "\n")
        file.flush()
        said = subprocess.run([program, f"--check={file.name}", "--node=lb1"], capture_output=True, text=True, check=False)
        return [line.removeprefix(file.name) for line in said.stderr.splitlines()] if said.returncode else []


def syntax_faults(program, pieces):
    """Of the pieces that the parser cannot read, and the strings that hold several values."""
    faults = [f"several values in one string: {shown}" for shown, text in pieces
              if any(re.search(r" \| |, ", string) for string in re.findall(r'"([^"]*)"', text))]
    left = [(shown, re.sub(r"^\[\[?", rf"\g<0>p{number}.", text) if re.fullmatch(r"\[\[?[a-z_.]+\]\]?", text)
             else f"p{number} = {text}") for number, (shown, text) in enumerate(pieces)]
    while True:
        # A key that nobody knows is an error, too, unless a syntax error hides it.
        said = complaints(program, "\n".join(text for _, text in [*left, ("", "[unknown_to_all]")]))
        if any("unknown_to_all" in line for line in said):
            return faults
        shown, _ = left.pop(int(re.match(r":(\d+):", said[0])[1]) - 1)
        faults.append(f"{shown}: {said[0]}")


def main():
    program, file = sys.argv[1:]
    page = Page(render(file))
    faults = syntax_faults(program, page.pieces)
    for context, key, value in page.defaults:
        faults += [f"default {key} = {value}: {line}"
                   for line in complaints(program, CONTEXTS[context] % f"{key} = {value}") if "error" in line]
    faults += [f"the example: {line}" for line in complaints(program, "\n".join(page.example))]
    if len(page.pieces) < FEWEST_PIECES or len(page.defaults) < FEWEST_DEFAULTS or not page.example:
        faults.append("the page is not read as it is written")
    print("\n".join(faults))
    print(f"{len(page.pieces)} pieces, {len(page.defaults)} defaults, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
