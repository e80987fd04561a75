#!/usr/bin/python3
"""Of evenkeel and keepalived one runs: the commands by which each unit stops the other, taken from the units, run with another
systemctl. tests/lab/package has the units under a real systemd.

usage: units_test.py EVENKEELD FOLDER_OF_THE_UNITS
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest

EVENKEELD, UNITS = "", ""
SERVICE = ('[[virtual_service]]\nname = "web"\naddress = "192.0.2.10"\nport = 80\nprotocol = "tcp"\n'
           'forwarding = "direct"\nreal_server = [{ address = "192.0.2.21" }]\n')
INSTANCE = ('[[vrrp.instance]]\nname = "web"\ninterface = "eth0"\nvirtual_router_id = 61\n'
            'virtual_addresses = ["192.0.2.10"]\n')


def command(unit, key):
    with open(os.path.join(UNITS, unit), encoding="utf-8") as file:
        return re.search(rf"^{key}=[-+]*/bin/sh -c '([^']*)'$", file.read(), re.M).group(1)


class Units(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name
        path = os.path.join(self.folder, "systemctl")  # to it every unit is active
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\necho "$@" >>{self.folder}/asked\n')
        os.chmod(path, 0o755)

    def stopped(self, shell, **environment):
        """What the command would have stopped."""
        asked = os.path.join(self.folder, "asked")
        with open(asked, "w", encoding="utf-8"):
            pass
        subprocess.run(["/bin/sh", "-c", shell], check=False, capture_output=True, timeout=60,
                       env={"PATH": f"{self.folder}:/usr/bin:/bin", **environment})
        with open(asked, encoding="utf-8") as file:
            return [line.split()[-1] for line in file if line.startswith("stop ")]

    def stopped_before(self, configuration):
        path = os.path.join(self.folder, "evenkeel.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(configuration)
        shell = command("evenkeel.service.in", "ExecStartPre")
        return self.stopped(shell.replace("@CMAKE_INSTALL_FULL_SBINDIR@/evenkeeld", f"{EVENKEELD} --config {path}"))

    def test_evenkeel_stops_keepalived_where_it_has_something_to_do(self):
        for configuration in (SERVICE, INSTANCE, SERVICE + INSTANCE):
            self.assertEqual(self.stopped_before(configuration), ["keepalived.service"], configuration)
        for configuration in ("", "# nothing yet\n", '[global]\nnode_name = "lb1"\n', SERVICE + "mistake = 1\n"):
            self.assertEqual(self.stopped_before(configuration), [], configuration)

    def test_keepalived_stops_evenkeel_once_it_has_a_process_for_something(self):
        shell = command("keepalived.conf", "ExecStartPost")
        for program, stops in (("sleep 60 & wait", ["evenkeel.service"]), ("exec sleep 60", [])):
            with subprocess.Popen(["/bin/sh", "-c", program], start_new_session=True) as keepalived:
                try:
                    self.assertEqual(self.stopped(shell, MAINPID=str(keepalived.pid)), stops, program)
                finally:
                    os.killpg(keepalived.pid, 9)
        self.assertEqual(self.stopped(shell, MAINPID=str(keepalived.pid)), [], "it has ended")


if __name__ == "__main__":
    EVENKEELD, UNITS = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
