"""What bash completes of a command line of evenkeel. usage: completion_test.py COMPLETION"""

import subprocess
import sys
import unittest

COMPLETION = sys.argv.pop(1)
PROGRAM = r"""
compopt() { echo FILES; }
. "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
_evenkeel
printf '%s\n' "${COMPREPLY[@]}"
"""


def completed(*words):
    arguments = ["bash", "-uc", PROGRAM, "bash", COMPLETION, "evenkeel", *words]
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.split()


class Completion(unittest.TestCase):
    def test_subcommands(self):
        self.assertEqual(completed("st"), ["status"])
        self.assertEqual(completed("--socket", "/run/x.sock", "st"), ["status"])
        self.assertEqual(completed("--socket", "=", "/run/x.sock", "st"), ["status"])
        self.assertEqual(completed("help", "ex"), ["explain"])
        self.assertIn("version", completed(""))

    def test_options(self):
        self.assertEqual(completed("status", "--ra"), ["--rate"])
        self.assertEqual(completed("status", "web", "--ra"), ["--rate"])
        self.assertEqual(completed("reload", "--st"), [])

    def test_files(self):
        for words in (["--socket", ""], ["--socket", "="], ["--socket", "=", "/run"], ["--socket", "/ru"]):
            self.assertEqual(completed(*words), ["FILES"])
            self.assertEqual(completed("status", *words), ["FILES"])
        self.assertIn("FILES", completed("check", "/etc/ev"))
        self.assertNotIn("FILES", completed("status", "/etc/ev"))


unittest.main()
