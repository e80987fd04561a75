"""Real servers that a program of the operator's judges, and weighs; keepalived's MISC_CHECK with misc_dynamic beside it."""

import os
import signal

from lablib import VIRTUAL
from lablib.config import virtual_service
from lablib.host import wait_until
from lablib.keepalived import Keepalived
from lablib.watch import TableWatch

WEB = "tcp 192.0.2.10:80"
ONE, TWO = "192.0.2.21:80", "192.0.2.22:80"
FALL = 2


class Judge:
    """The program of both balancers: it ends with the status that stands in the server's file. keepalived names the server
    by an argument, evenkeel in the environment."""

    def __init__(self, directory):
        self.directory = os.path.join(directory, "judge")
        os.makedirs(self.directory, mode=0o755)
        self.path = os.path.join(self.directory, "judge")
        self._replace(self.path, f"""#!/bin/sh
read -r status <{self.directory}/${{1:-$EVENKEEL_REAL_SERVER}}
echo "of $EVENKEEL_SERVICE: $EVENKEEL_ADDRESS $EVENKEEL_PORT $EVENKEEL_PROTOCOL"
exit "$status"
""")
        for name in ("rs1", "rs2"):
            self.says(name, 0)

    def says(self, name, status):
        self._replace(os.path.join(self.directory, name), f"{status}\n")

    @staticmethod
    def _replace(path, text):
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(path + ".new", 0o755)
        os.rename(path + ".new", path)


def start_evenkeel(lab, judge):
    check = (f'{{ type = "script", command = ["{judge.path}"], dynamic_weight = true, interval = "1s", timeout = "1s", '
             f'rise = 1, fall = {FALL} }}')
    evenkeel = lab.lb1.start_evenkeel(virtual_service(lab.real_servers, check=check), respawn=True)
    evenkeel.wait_for_log("first round of checks done")
    return evenkeel


def start_keepalived(lab, judge):
    servers = "".join(f"""
  real_server {server.address()} 80 {{
    weight 1
    MISC_CHECK {{
      misc_path "{judge.path} {server.name}"
      misc_timeout 1
      misc_dynamic
      user nobody nogroup
    }}
  }}""" for server in lab.real_servers)
    text = f"""virtual_server {VIRTUAL[4]} 80 {{
  delay_loop 1
  lvs_sched wrr
  lvs_method DR
  protocol TCP
  alpha{servers}
}}
"""
    return Keepalived(lab.host("lb2"), text, balances=True).start()


def weights(balancer):
    """By `ipvsadm -Ln`."""
    service = balancer.ipvs().get(WEB)
    return {key: each.weight for key, each in service.destinations.items()} if service else {}


def test_a_script_takes_servers_out_and_weighs_them(make_lab, scratch):
    lab = make_lab(balancers=2, real_servers=2)
    judge = Judge(scratch)
    keepalived = start_keepalived(lab, judge)
    evenkeel = start_evenkeel(lab, judge)
    tables = {"evenkeel": lab.lb1, "keepalived": lab.host("lb2")}

    def wait_for(expected, *kinds):
        for kind in kinds or tables:
            wait_until(lambda kind=kind: tables[kind].weights(WEB) == expected, 15)
            assert weights(tables[kind]) == expected

    wait_for({ONE: 1, TWO: 1})
    judge.says("rs1", 52)
    judge.says("rs2", 1)
    wait_for({ONE: 50})
    server = evenkeel.real_server("rs2")
    assert server["explanation"].startswith("exit status 1: of web: 192.0.2.22 80 tcp"), server
    assert (server["health"], server["last"]["reason"]) == ("down", "script_exit")
    assert evenkeel.real_server("rs1")["weight"] == 50
    done = evenkeel.command("status")
    assert done.returncode == 1 and "weight 50 (exit status 52) in" in done.stdout, done.stdout

    # 2 is weight 0: it is up, and takes nothing new. 0 is the configured weight.
    judge.says("rs1", 2)
    judge.says("rs2", 0)
    wait_for({ONE: 0, TWO: 1})
    assert evenkeel.real_server("rs1")["health"] == "up"
    assert evenkeel.log_lines("weight of rs1 (192.0.2.21:80) changes from 50 to 0: its script says so")
    judge.says("rs1", 0)
    wait_for({ONE: 1, TWO: 1})
    judge.says("rs1", 52)
    wait_for({ONE: 50, TWO: 1})

    # The spawner and main die: nothing leaves, and no weight changes.
    watch = TableWatch(lab.lb1, WEB)
    killed, _ = evenkeel.kill(signal.SIGKILL, "spawner")
    wait_until(lambda: evenkeel.children().get("spawner") not in (None, killed))
    killed, _ = evenkeel.kill(signal.SIGKILL)
    wait_until(lambda: evenkeel.pid != killed)
    wait_until(lambda: len(evenkeel.log_lines("first round of checks done")) == 2, 20)
    assert all(held == {ONE: 50, TWO: 1} for _, held in watch.stop()), watch.readings

    # What cannot run is told, and changes nothing here. keepalived says nothing, and takes it for status 0.
    os.chmod(judge.path, 0o644)
    evenkeel.wait_for_log("service web: cannot check rs1 (192.0.2.21:80): local error: cannot run: execute: Permission denied")
    done = evenkeel.command("status")
    server = evenkeel.real_server("rs1")
    assert done.returncode == 1 and "cannot run: execute: Permission denied" in done.stdout, done.stdout
    assert server["stale"] and (server["health"], server["last"]["reason"]) == ("up", "local_error"), server
    assert weights(lab.lb1) == {ONE: 50, TWO: 1}
    checked = evenkeel.host.call([evenkeel.command_line()[0], "--check", "--config", evenkeel.config_path])
    told = f"{judge.path}: the user nobody may not execute it: it cannot run"
    assert checked.returncode == 0 and told in checked.stderr, checked
    wait_for({ONE: 1, TWO: 1}, "keepalived")
    os.chmod(judge.path, 0o755)
    wait_until(lambda: not evenkeel.real_server("rs1")["stale"])
    wait_until(lambda: evenkeel.command("status").returncode == 0)
    keepalived.stop()
