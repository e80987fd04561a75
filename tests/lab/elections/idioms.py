"""What the users of keepalived write to let an address follow something: fifteen idioms, in its words and in ours.

In texts {directory} and {number} are the node's, and {name} is that of the idiom.
"""

import contextlib
import dataclasses
import os

from local_servers import haproxy, listener, nginx


class Thing:
    """What an idiom follows, on one node: prepare() makes it hold, fail() and mend() change it."""

    def prepare(self, node): ...

    def fail(self, node): ...

    def mend(self, node): ...


class Server(Thing):
    def __init__(self, make):
        self._make = make
        self._servers = {}

    def prepare(self, node):
        self._servers[node] = self._make(node).start()

    def fail(self, node):
        self._servers[node].stop()

    def mend(self, node):
        self._servers[node].start()


class Cable(Thing):
    """A second interface."""

    def __init__(self, name):
        self._name = name

    def prepare(self, node):
        node.ip(f"link add {self._name} type veth peer name {self._name}-end", f"link set {self._name} up",
                f"link set {self._name}-end up")

    def fail(self, node):
        node.ip(f"link set {self._name}-end down")

    def mend(self, node):
        node.ip(f"link set {self._name}-end up")


class Number(Thing):
    """A file with a weight."""

    def prepare(self, node):
        self._write(node, 0)

    def fail(self, node):
        self._write(node, -60)

    def mend(self, node):
        self._write(node, 0)

    @staticmethod
    def _write(node, number):
        with open(os.path.join(node.directory, "weight"), "w", encoding="ascii") as file:
            file.write(f"{number}\n")


class Maintenance(Thing):
    """A file that an operator makes for as long as the node is to be left alone."""

    def fail(self, node):
        with open(self._path(node), "w", encoding="ascii"):
            pass

    def mend(self, node):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path(node))

    @staticmethod
    def _path(node):
        return os.path.join(node.directory, "maintenance")


class Gateway(Thing):
    """The switch has an address on a second network of each node."""

    def prepare(self, node):
        node.ip(f"link add wan type veth peer name {node.name}-wan netns switch", "link set wan up",
                f"addr add 198.18.{node.number}.1/24 dev wan")
        self._switch(node, "link", "set", f"{node.name}-wan", "up")
        self.mend(node)

    def fail(self, node):
        self._switch(node, "address", "flush", "dev", f"{node.name}-wan")

    def mend(self, node):
        self._switch(node, "address", "add", f"198.18.{node.number}.254/24", "dev", f"{node.name}-wan")

    @staticmethod
    def _switch(node, *words):
        node.run(["ip", "-n", "switch", *words])


@dataclasses.dataclass(frozen=True)
class Idiom:
    """One or several routers that follow one thing.

    keepalived, evenkeel: lines of each of its instances, whose names are `name` with a number.
    scripts, groups, tables: what stands beside the instances: keepalived's before and after them, and ours.
    """

    name: str
    thing: Thing
    keepalived: str
    evenkeel: str
    scripts: str = ""
    groups: str = ""
    tables: str = ""
    priorities: tuple = ((150, 100),)  # of the two nodes, for each router
    preempt: bool = True
    state: str = "BACKUP"  # where it fails, as evenkeel has it
    runs_with_it: bool = False  # a program makes and removes the file `runs`
    is_last: bool = False  # keepalived ends with it: nodes of its own, and it does not come back
    remark: str = ""


def script(command, weight=""):
    """keepalived's: each second, it fails after two failures."""
    line = f"  weight {weight}\n" if weight else ""
    return (f'vrrp_script {{name}} {{{{\n  script "{command}"\n  interval 1\n  timeout 1\n  rise 2\n  fall 2\n{line}'
            '  user root\n}}\n')


def check(port, kind="tcp"):
    return (f'[check.{{name}}]\ntype = "{kind}"\naddress = "127.0.0.1"\nport = {port}\n'
            'interval = "1s"\ntimeout = "500ms"\nrise = 2\nfall = 2\n')


def our_script(*command):
    argv = ", ".join(f'"{each}"' for each in command)
    return f'[[script]]\nname = "{{name}}"\ncommand = [{argv}]\nuser = "root"\ninterval = "1s"\nrise = 2\nfall = 2\n'


def follow(what, weight=""):
    """keepalived's reference to a script, an interface or a file."""
    kind, _, name = what.partition(" ")
    return f"  track_{kind} {{{{\n    {name}{weight and f' weight {weight}'}\n  }}}}"


def ours(kind, weight=""):
    return f'track_{kind} = [{{{{ name = "{{name}}"{weight and f", weight = {weight}"} }}}}]'


def cable(number, weight=""):
    entry = f'{{{{ name = "cable{number}"{weight and f", weight = {weight}"} }}}}'
    return {"thing": Cable(f"cable{number}"), "keepalived": follow(f"interface cable{number}", weight),
            "evenkeel": f"track_interfaces = [{entry}]", "state": "BACKUP" if weight else "INITIALIZE"}


def at(port):
    """Whoever connects is answered."""
    return Server(lambda node: listener(node, port))


CURL = "/usr/bin/curl --silent --output /dev/null --fail --max-time 0.5 http://127.0.0.1/"
CONNECT = "{directory}/connect"  # what CONNECT_TEXT says
CONNECT_TEXT = "#!/bin/bash\nexec 2>/dev/null\n: </dev/tcp/127.0.0.1/$1\n"
SCRIPT = follow("script {name}")

IDIOMS = [
    Idiom("nginx_pair", Server(nginx), SCRIPT, ours("checks", -60), script(CURL, -60), tables=check(80, "http")),
    Idiom("haproxy_pair", Server(haproxy), SCRIPT,
          'track_processes = [{{ name = "haproxy", arguments = ["-f", "{directory}/haproxy.cfg"], weight = 2 }}]',
          script("/usr/bin/pgrep -f {directory}/haproxy.cfg", 2), priorities=((101, 100),)),
    Idiom("database_decides", at(3306), SCRIPT, ours("checks"), script(f"{CONNECT} 3306"), tables=check(3306),
          state="INITIALIZE"),
    Idiom("both_backup_nopreempt", at(5432), SCRIPT, ours("checks"), script(f"{CONNECT} 5432"), tables=check(5432),
          priorities=((101, 100),), preempt=False, state="INITIALIZE"),
    Idiom("positive_weights", at(6379), SCRIPT, ours("checks", 20), script(f"{CONNECT} 6379", 20), tables=check(6379),
          priorities=((101, 100),)),
    Idiom("name_server", at(53), SCRIPT, ours("scripts"), script(f"{CONNECT} 53"),
          tables=our_script("/bin/bash", "-c", ": </dev/tcp/127.0.0.1/53"), state="INITIALIZE"),
    Idiom("cable_as_a_fault", **cable(1)),
    Idiom("cable_with_a_weight", **cable(2, -60)),
    Idiom("nat_gateway", **cable(3), priorities=((150, 100), (150, 100)),
          groups="vrrp_sync_group {name} {{\n  group {{\n    {name}1\n    {name}2\n  }}\n}}\n",
          tables='[[vrrp.sync_group]]\nname = "{name}"\ninstances = ["{name}1", "{name}2"]\n'),
    Idiom("number_in_a_file", Number(), follow("file {name}", 1), 'track_files = [{{ path = "{directory}/weight" }}]',
          'vrrp_track_file {name} {{\n  file "{directory}/weight"\n}}\n'),
    Idiom("maintenance_file", Maintenance(), SCRIPT, ours("scripts", -60),
          script("/usr/bin/test ! -e {directory}/maintenance", -60),
          tables=our_script("/usr/bin/test", "!", "-e", "{directory}/maintenance")),
    Idiom("gateway", Gateway(), SCRIPT,
          'track_gateways = [{{ address = "198.18.{number}.254", interface = "wan", interval = "1s", fall = 2, rise = 2 }}]',
          script("/usr/bin/ping -c 1 -W 0.8 198.18.{number}.254"), state="INITIALIZE"),
    Idiom("program_with_the_address", **cable(4) | {
        "keepalived": cable(4)["keepalived"] + """
  notify_master "/usr/bin/touch {directory}/runs" root
  notify_backup "/usr/bin/rm -f {directory}/runs" root
  notify_fault "/usr/bin/rm -f {directory}/runs" root""",
        "evenkeel": cable(4)["evenkeel"] + """
hook_user = "root"
on_master = ["/usr/bin/touch", "{directory}/runs"]
on_backup = ["/usr/bin/rm", "-f", "{directory}/runs"]
on_fault = ["/usr/bin/rm", "-f", "{directory}/runs"]"""}, runs_with_it=True),
    Idiom("both_nodes_active", at(8000), SCRIPT, ours("checks", -60), script(f"{CONNECT} 8000", -60), tables=check(8000),
          priorities=((150, 100), (100, 150))),
    Idiom("script_that_stops_the_daemon", at(9000), SCRIPT, ours("checks"),
          script("/bin/sh {directory}/connect_or_stop"), tables=check(9000), state="INITIALIZE", is_last=True,
          remark="keepalived's node stays out until somebody starts the daemon; ours comes back by itself"),
]
