"""A virtual machine with a Debian and systemd of its own, and a root's shell in it."""

import base64
import os
import socket
import subprocess
import time

from .host import CommandFailed


class Machine:
    """Booted from tests/lab/guest/make-root's directory; what it writes is forgotten at its end."""

    def __init__(self, root, kernel, initramfs, accelerator, directory):
        """kernel: an image. accelerator: kvm or tcg. directory: for its console's log and its socket."""
        self.console_path = os.path.join(directory, "console")
        path = os.path.join(directory, "agent")
        argv = ["qemu-system-x86_64", "-accel", "tcg,thread=multi" if accelerator == "tcg" else accelerator,
                "-cpu", "max" if accelerator == "tcg" else "host",
                "-smp", os.environ.get("EVENKEEL_LAB_CPUS", "2"), "-m", os.environ.get("EVENKEEL_LAB_MEMORY", "2G"),
                "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-monitor", "none", "-net", "none",
                "-kernel", kernel, "-initrd", initramfs,
                "-append", "console=ttyS0 quiet panic=-1 mitigations=off lab_init=/lib/systemd/systemd "
                           "systemd.journald.forward_to_console=1",
                "-virtfs", f"local,path={root},mount_tag=root,security_model=none,multidevs=remap",
                "-serial", f"file:{self.console_path}",
                "-chardev", f"socket,id=agent,path={path},server=on,wait=on",
                "-device", "virtio-serial-pci", "-device", "virtconsole,chardev=agent"]
        with open(os.path.join(directory, "qemu.log"), "wb") as log:
            self._process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=log)
        self._socket = socket.socket(socket.AF_UNIX)
        self._received = b""
        try:
            self._connect(path)
            line = self._line(time.monotonic() + 120)
            if line != "ready":
                raise CommandFailed(f"the machine's agent says {line!r}")
        except BaseException:
            self.end()
            raise

    def _connect(self, path):
        """QEMU makes the socket and waits for us before it boots."""
        deadline = time.monotonic() + 10
        while True:
            try:
                return self._socket.connect(path)
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.02)

    def _line(self, deadline):
        while b"\n" not in self._received:
            self._socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                raise CommandFailed(f"the machine does not answer; its console:\n{self.console()}") from None
            if not data:
                raise CommandFailed(f"the machine has ended; its console:\n{self.console()}")
            self._received += data
        line, self._received = self._received.split(b"\n", 1)
        return line.decode().strip()

    def call(self, command, timeout=60):
        """Runs it in the root's shell; returns CompletedProcess, standard error merged into stdout."""
        self._socket.settimeout(timeout)
        self._socket.sendall(base64.b64encode(command.encode()) + b"\n")
        status, _, output = self._line(time.monotonic() + timeout).partition(" ")
        return subprocess.CompletedProcess(command, int(status), base64.b64decode(output).decode(errors="replace"))

    def run(self, command, timeout=60):
        """As call, but it must succeed; returns its output."""
        done = self.call(command, timeout)
        if done.returncode != 0:
            raise CommandFailed(f"{command}: exit status {done.returncode}\n{done.stdout}")
        return done.stdout

    def write(self, path, text):
        self.run(f"base64 -d >{path} <<<{base64.b64encode(text.encode()).decode()}")

    def console(self):
        try:
            with open(self.console_path, encoding="utf-8", errors="replace") as file:
                return file.read()[-4000:]
        except FileNotFoundError:
            return ""

    def end(self):
        self._socket.close()
        self._process.kill()
        self._process.wait()
