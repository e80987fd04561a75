"""A host of the lab: a network namespace, and what runs in it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000


def _enter(namespace):
    """Moves this thread into a network namespace, given as an open descriptor."""
    if _libc.setns(namespace, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class CommandFailed(AssertionError):
    """A command that had to succeed did not; the message holds what it printed."""


class Host:
    """One namespace. Created and deleted by Lab; the same name is the namespace's."""

    def __init__(self, name, directory):
        self.name = name
        self.directory = directory  # for logs and files of what runs here
        os.makedirs(directory, exist_ok=True)
        self.processes = []
        self._namespace = os.open(f"/run/netns/{name}", os.O_RDONLY | os.O_CLOEXEC)

    def __repr__(self):
        return f"<host {self.name}>"

    @contextlib.contextmanager
    def entered(self):
        """Sockets made and /proc/sys/net files opened inside are this host's."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        _enter(self._namespace)
        try:
            yield
        finally:
            _enter(home)
            os.close(home)

    def call(self, command, timeout=60, input=None, **options):
        """Runs to its end: a list is argv, a string goes to the shell. Returns CompletedProcess."""
        argv = ["/bin/sh", "-c", command] if isinstance(command, str) else command
        options.setdefault("stdin", subprocess.DEVNULL if input is None else subprocess.PIPE)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        with self._spawn(argv, text=True, **options) as process:
            try:
                output, errors = process.communicate(input, timeout)
            except BaseException:
                process.kill()
                raise
        return subprocess.CompletedProcess(argv, process.returncode, output, errors)

    def run(self, command, timeout=60, **options):
        """As call, but it must succeed; returns its standard output."""
        done = self.call(command, timeout, **options)
        if done.returncode != 0:
            raise CommandFailed(f"{self.name}: {command}: exit status {done.returncode}\n"
                                f"{done.stdout or ''}{done.stderr or ''}")
        return done.stdout

    def start(self, argv, log=None, **options):
        """Starts a program that goes on; its output is appended to the host's file `log`. Ended with the lab."""
        output = subprocess.DEVNULL
        if log is not None:
            output = open(os.path.join(self.directory, log), "ab")
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", output)
        options.setdefault("stderr", output)
        process = self._spawn(argv, start_new_session=True, **options)
        if log is not None:
            output.close()
        self.processes.append(process)
        return process

    def sysctl(self, name, value=None):
        """Reads, or writes, `net.ipv4.ip_forward` and its like."""
        path = "/proc/sys/" + name.replace(".", "/")
        with self.entered(), open(path, "w" if value is not None else "r", encoding="ascii") as file:
            if value is not None:
                file.write(str(value))
                return str(value)
            return file.read().strip()

    def ip(self, *lines, family=4):
        """One `ip -batch` of these lines; the family matters where a line's addresses do not say it (rules)."""
        self.run(["ip", *(["-6"] if family == 6 else []), "-batch", "-"], input="\n".join(lines) + "\n")

    def _spawn(self, argv, **options):
        # A child is born into the namespace of the thread that makes it: no preexec_fn, so that Python can use vfork.
        with self.entered():
            return subprocess.Popen(argv, **options)

    def end(self):
        """Kills what was started here and what it left behind in the namespace."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
        for process in self.processes:
            process.wait()
        left = subprocess.run(["ip", "netns", "pids", self.name], text=True, capture_output=True,
                              check=False).stdout.split()
        for pid in left:
            if int(pid) != os.getpid():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
        os.close(self._namespace)


def wait_until(what, seconds=10, every=0.02):
    """Waits until what() is true (AssertionError inside counts as not yet); returns its value.

    Returns as soon as it is; raises AssertionError, with the last reason, when `seconds` are over.
    """
    deadline = time.monotonic() + seconds
    while True:
        reason = "it was not so"
        try:
            value = what()
            if value:
                return value
        except AssertionError as error:
            reason = str(error)
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {reason}")
        time.sleep(every)
