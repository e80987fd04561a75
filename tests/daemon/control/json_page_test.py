#!/usr/bin/python3
"""evenkeel-json(5) is a page that groff takes without a word, with a section for each object.

usage: json_page_test.py PAGE
"""

import re
import subprocess
import sys


def main():
    page = sys.argv[1]
    shown = subprocess.run(["groff", "-mandoc", "-Tascii", "-P-c", "-ww", page], capture_output=True, text=True, check=True)
    text = re.sub(".\x08", "", shown.stdout)  # overstruck
    objects = re.findall(r"^   (\S.*)$", text, re.MULTILINE)
    faults = shown.stderr.splitlines()
    faults += [f"no section of {name}" for name in ("The document", "kernel", "instances[]", "services[].real_servers[]")
               if objects.count(name) != 1]
    faults += [f"left as it is in the source: {line}" for line in text.splitlines() if re.match(r" *[.@]\w", line)]
    print("\n".join(faults) if faults else f"{len(objects)} objects")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
