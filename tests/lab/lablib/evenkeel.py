"""A running evenkeeld and its command line."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
import time

from .binaries import binary
from .host import CommandFailed, wait_until

# As Restart=always would, without a delay: starts it again whenever it ends, until told to stop.
_RESPAWN = """
while :; do
  "$@" & echo $! >"$PIDFILE"
  wait $!
  [ ! -e "$PIDFILE.stop" ] || exit 0
done
"""


class Evenkeel:
    """evenkeeld in one host's namespace, in the foreground, its log in the host's evenkeeld.log.

    It gets a notification socket, as from systemd.
    """

    def __init__(self, host, config_path, respawn, binaries=None, node=None):
        self.host = host
        self.node = node or host.name
        self.config_path = config_path
        self.respawn = respawn
        self._program = binary("evenkeeld", binaries)
        self.runtime_directory = f"/run/evenkeel-lab/{host.name}"
        self.socket = os.path.join(self.runtime_directory, "control.sock")
        self.log_path = os.path.join(host.directory, "evenkeeld.log")
        self._pidfile = os.path.join(host.directory, "evenkeeld.pid")
        self._process = None
        self._notices = None
        self._notified = []
        os.makedirs(self.runtime_directory, mode=0o755, exist_ok=True)

    def start(self, wait=True):
        """wait: until it says READY=1."""
        self._listen_for_notices()
        argv = self.command_line()
        environment = {**os.environ, "NOTIFY_SOCKET": self._notices.getsockname(), "PIDFILE": self._pidfile}
        if self.respawn:
            argv = ["/bin/sh", "-c", _RESPAWN, "sh", *argv]
        if os.path.exists(self._pidfile + ".stop"):
            os.unlink(self._pidfile + ".stop")
        self._process = self.host.start(argv, log="evenkeeld.log", env=environment)
        if wait:
            self.wait_for_notice("READY=1")

    def command_line(self):
        """What start() runs."""
        return [self._program, "--config", self.config_path, "--runtime-directory", self.runtime_directory, "--node",
                self.node]

    @property
    def pid(self):
        """Of main; changes when it was started again."""
        if not self.respawn:
            return self._process.pid

        def read():
            try:
                with open(self._pidfile, encoding="ascii") as file:
                    return int(file.read())
            except (OSError, ValueError):
                return 0
        return wait_until(read)

    def children(self):
        """{"checks": pid, ...}: the children of main by role."""
        found = {}
        main = self.pid
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as file:
                    fields = file.read().rpartition(")")[2].split()
                if int(fields[1]) != main or fields[0] == "Z":
                    continue
                with open(f"/proc/{entry}/cmdline", encoding="utf-8", errors="replace") as file:
                    arguments = file.read().split("\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            for role in ("vrrp", "checks", "spawner", "view"):
                if role in arguments or any(argument.endswith(f": {role}") for argument in arguments):
                    found[role] = int(entry)
        return found

    def kill(self, number=signal.SIGKILL, role="main"):
        """Sends a signal to main or to one of its children; returns the pid and when it was sent."""
        pid = self.pid if role == "main" else self.children()[role]
        moment = time.monotonic()
        os.kill(pid, number)
        return pid, moment

    def pids(self):
        """Of all its processes."""
        return [self.pid, *self.children().values()]

    def kill_all(self, number=signal.SIGKILL):
        """The signal to all its processes, those that are started again not counted; returns when it was sent."""
        self.is_not_respawned()
        pids = self.pids()
        moment = time.monotonic()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return moment

    def is_not_respawned(self):
        """From now on: when it ends it stays so, until start()."""
        open(self._pidfile + ".stop", "wb").close()

    def version(self):
        """`evenkeeld --version`: what it takes here to start a program."""
        return self.host.run([self._program, "--version"])

    def release(self):
        """`evenkeeld release`, as the unit does when the daemon has ended; returns CompletedProcess."""
        return self.host.call([self._program, "release", "--runtime-directory", self.runtime_directory])

    def stop(self, seconds=20):
        """SIGTERM, as systemctl stop; returns its exit status."""
        self.is_not_respawned()
        os.kill(self.pid, signal.SIGTERM)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still there {seconds} s after SIGTERM:\n{self.what_it_does()}") from None

    def what_it_does(self):
        """Where main and its children are in the kernel, for a scenario that finds them stuck."""
        parts = []
        for role, pid in {"main": self.pid, **self.children()}.items():
            with contextlib.suppress(OSError):
                with open(f"/proc/{pid}/stack", encoding="ascii") as stack, \
                        open(f"/proc/{pid}/status", encoding="ascii") as status:
                    parts.append(f"{role} {pid}\n{stack.read()}{status.read()}")
        return "\n".join(parts)

    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def wait(self, seconds=20):
        """Waits until it has ended; returns its exit status."""
        return self._process.wait(seconds)

    def command(self, *arguments, timeout=60):
        """evenkeel ARGUMENTS; returns CompletedProcess, whatever its exit status."""
        return self.host.call([binary("evenkeel"), "--socket", self.socket, *arguments], timeout=timeout)

    def status(self):
        """`evenkeel status --json`, parsed."""
        done = self.command("status", "--json")
        if done.returncode not in (0, 1, 2) or not done.stdout:
            raise CommandFailed(f"evenkeel status --json: exit status {done.returncode}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def real_server(self, name, service=None):
        """One real server's entry in status, by its name."""
        for each in self.status()["services"]:
            if service is None or each["name"] == service:
                for server in each["real_servers"]:
                    if server["name"] == name:
                        return server
        raise AssertionError(f"status shows no real server {name}")

    def write_config(self, text):
        with open(self.config_path, "w", encoding="utf-8") as file:
            file.write(text)

    def reload(self, text=None, *options):
        """Writes a new configuration, if one is given, and asks for it; returns CompletedProcess."""
        if text is not None:
            self.write_config(text)
        return self.command("reload", *options)

    def instance(self, name="web"):
        """One virtual router's entry in status, by its name."""
        for each in self.status()["instances"]:
            if each["name"] == name:
                return each
        raise AssertionError(f"status shows no instance {name}")

    @property
    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def log_lines(self, part):
        return [line for line in self.log.splitlines() if part in line]

    def wait_for_log(self, part, seconds=10):
        return wait_until(lambda: self.log_lines(part), seconds)

    def notices(self):
        """What it told the service manager so far, in order."""
        return list(self._notified)

    def wait_for_notice(self, notice, seconds=20):
        def seen():
            if notice in self.notices():
                return True
            if not self.respawn and self._process.poll() is not None:
                raise subprocess.SubprocessError(
                    f"evenkeeld ended with status {self._process.returncode} before {notice}:\n{self.log}")
            return False
        return wait_until(seen, seconds)

    def forget_notices(self):
        self._notified.clear()

    def _listen_for_notices(self):
        self._notified.clear()
        if self._notices is not None:
            return
        path = os.path.join("/run/evenkeel-lab", f"{self.host.name}.notify")
        if os.path.exists(path):
            os.unlink(path)
        self._notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._notices.bind(path)
        threading.Thread(target=self._read_notices, daemon=True).start()

    def _read_notices(self):
        while True:
            self._notified += self._notices.recv(65536).decode().splitlines()
