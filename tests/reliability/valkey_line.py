"""One command to the broker, over its socket."""

from __future__ import annotations

import socket
from pathlib import Path


def say(path: Path, command: str) -> str:
    """The first line of Valkey's answer to `command`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(5)
        line.connect(str(path))
        line.sendall(f"{command}\r\n".encode())
        return line.recv(1024).decode().splitlines()[0]
