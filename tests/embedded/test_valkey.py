from __future__ import annotations

import os
import signal
import time

import pytest
import redis

from portal.embedded.home import Home
from portal.embedded.valkey import Valkey


def connect(home: Home) -> redis.Redis:
    """A client on the server's socket."""
    return redis.Redis(unix_socket_path=str(home.valkey_socket))


def test_the_broker_refuses_to_forget_and_listens_on_no_port(home: Home) -> None:
    home.prepare()
    valkey = Valkey(home)
    running = valkey.start()
    try:
        valkey.wait(running)
        with connect(home) as client:
            asked = client.config_get("port", "maxmemory-policy", "appendonly", "appendfsync")
        assert asked == {
            "port": "0",
            "maxmemory-policy": "noeviction",
            "appendonly": "yes",
            "appendfsync": "everysec",
        }
    finally:
        valkey.stop(running)
    assert not valkey.answers()


@pytest.mark.slow
def test_messages_older_than_a_second_survive_a_kill(home: Home) -> None:
    home.prepare()
    valkey = Valkey(home)
    running = valkey.start()
    valkey.wait(running)
    with connect(home) as client:
        client.rpush("queue", *range(1000))
    time.sleep(1.3)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    running = valkey.start()
    try:
        valkey.wait(running)
        with connect(home) as client:
            assert client.llen("queue") == 1000
    finally:
        valkey.stop(running)
