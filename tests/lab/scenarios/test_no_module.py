"""A kernel without ip_vs: evenkeel runs, says what is missing, and works once the module is there."""

import os
import subprocess

import pytest

from lablib import VIRTUAL, wait_until
from lablib.config import virtual_service

WEB = "tcp 192.0.2.10:80"
BLOCK = "/etc/modprobe.d/evenkeel-lab.conf"


def loaded():
    """The IPVS modules that are there, those that use others first."""
    with open("/proc/modules", encoding="ascii") as file:
        names = [line.split()[0] for line in file]
    return sorted((name for name in names if name.startswith("ip_vs")), key=lambda name: name == "ip_vs")


@pytest.fixture
def without_ip_vs():
    """Asking for the IPVS family loads the module: so loading is blocked, and what is there is unloaded."""
    if os.environ.get("EVENKEEL_LAB") != "qemu":
        pytest.skip("this machine's own kernel: its ip_vs is not ours to unload")
    with open(BLOCK, "w", encoding="ascii") as file:
        file.write("install ip_vs /bin/false\n")

    def unload():
        names = loaded()
        if names:  # a namespace that is being taken away may still use one
            subprocess.run(["modprobe", "-r", *names], check=False)
        return not loaded()

    wait_until(unload, seconds=20, every=0.5)

    def load():
        os.unlink(BLOCK)
        subprocess.run(["modprobe", "ip_vs"], check=True)

    yield load
    if os.path.exists(BLOCK):
        load()


def test_works_once_the_module_is_there(without_ip_vs, lab):
    for server in lab.real_servers:
        server.start_nginx(80)
    evenkeel = lab.lb1.start_evenkeel(virtual_service(lab.real_servers, check='{ type = "tcp" }'))
    wait_until(lambda: evenkeel.real_server("rs1")["health"] == "up")
    assert loaded() == []
    status = evenkeel.status()
    assert status["kernel"]["state"] == "missing"
    assert "ip_vs" in status["kernel"]["detail"]
    done = evenkeel.command("status")
    assert done.returncode == 2 and "ip_vs" in done.stdout
    assert evenkeel.is_running()

    without_ip_vs()  # the operator loads it
    # Tried again after 1 s, doubling to 30 s.
    wait_until(lambda: len(lab.lb1.weights(WEB)) == 3, seconds=40)
    wait_until(lambda: evenkeel.status()["kernel"]["state"] == "in_sync")
    assert lab.client.load(VIRTUAL[4], rate=100, seconds=0.5, timeout=5).failed == 0
    assert lab.lb1.sysctl("net.ipv4.vs.expire_nodest_conn") == "1"
    assert lab.lb1.sysctl("net.ipv4.vs.sloppy_tcp") == "1"
