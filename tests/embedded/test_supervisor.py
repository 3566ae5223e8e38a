"""Real processes under a real supervisor: small shells that write down when they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.embedded import process
from portal.embedded.lock import Lock, Taken
from portal.embedded.programs import CHECKOUT
from portal.embedded.supervisor import Child, Service, ServiceFailed, Stopped, Supervisor, Watch
from portal.embedded.watchdog import alive

pytestmark = pytest.mark.slow


def shell(
    name: str, folder: Path, script: str = "sleep 1000 & wait", *, serves_others: bool = False
) -> Service:
    """A service that notes its end in `ended.txt` and otherwise does what `script` says."""
    log = folder / f"{name}.log"
    trap = f"trap 'echo {name} >> {folder}/ended.txt; exit 0' TERM; {script}"

    def start() -> Child:
        return process.start(["sh", "-c", trap], log=log)

    return Service(name, start, log, end_seconds=2, serves_others=serves_others)


def eventually(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether something becomes true within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False


def children_of(pid: int) -> list[int]:
    """The processes in the group of `pid`."""
    found = subprocess.run(["ps", "-o", "pid=", "-g", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


def test_what_dies_is_started_again_and_its_group_is_cleared(tmp_path: Path) -> None:
    said: list[str] = []
    with Supervisor(said.append) as supervisor:
        child = supervisor.start(shell("worker", tmp_path))
        assert eventually(lambda: len(children_of(child.pid)) == 2)
        group = children_of(child.pid)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        supervisor.look()
        assert not any(alive(pid) for pid in group)
        second = supervisor._runs["worker"].child
        assert second.pid != child.pid
        assert alive(second.pid)
    assert not alive(second.pid)
    assert said == ["worker has ended (SIGKILL); it is started again."]


def test_what_keeps_dying_is_started_ever_more_slowly_and_its_log_is_named(tmp_path: Path) -> None:
    said: list[str] = []
    with Supervisor(said.append) as supervisor:
        supervisor.start(shell("web", tmp_path, "exit 3"))
        assert eventually(lambda: (supervisor.look(), len(said) >= 4)[1], 30)
    assert said[0] == "web has ended (code 3); it is started again."
    assert said[1] == "web has ended (code 3); it is started again in 0.5 s."
    assert said[2] == "web has ended (code 3); it is started again in 1 s."
    assert str(tmp_path / "web.log") in said[3]


def test_what_serves_others_ends_after_them(tmp_path: Path) -> None:
    slow = f"trap 'sleep 0.5; echo worker >> {tmp_path}/ended.txt; exit 0' TERM; sleep 1000 & wait"
    with Supervisor(print) as supervisor:
        supervisor.start(shell("postgres", tmp_path, serves_others=True))
        supervisor.start(shell("worker", tmp_path, slow))
        supervisor.start(shell("web", tmp_path))
        time.sleep(0.2)
    assert (tmp_path / "ended.txt").read_text().split() == ["web", "worker", "postgres"]


def test_what_does_not_want_to_end_is_ended_by_force(tmp_path: Path) -> None:
    with Supervisor(print) as supervisor:
        service = shell("stubborn", tmp_path, "trap '' TERM; sleep 1000 & sleep 1000")
        service.end_seconds = 0.3
        child = supervisor.start(service)
        assert eventually(lambda: len(children_of(child.pid)) == 3)
        group = children_of(child.pid)
    assert not any(alive(pid) for pid in group)


def test_a_service_that_does_not_become_ready_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with Supervisor(print) as supervisor:
        supervisor.start(shell("web", tmp_path, "echo the table is missing; exit 1"))
        with pytest.raises(ServiceFailed, match=r"web ended(.|\n)*the table is missing"):
            supervisor.wait("web", lambda: False, 5)


def test_a_service_that_lives_but_is_sick_is_restarted_after_its_grace(tmp_path: Path) -> None:
    said: list[str] = []
    with Supervisor(said.append) as supervisor:
        child = supervisor.start(shell("worker", tmp_path))
        supervisor.watch(Watch("worker", lambda: "no sign of work for 31 seconds", seconds=0, grace=0.3))
        supervisor.look()
        assert alive(child.pid)
        time.sleep(0.4)
        supervisor.look()
        supervisor.look()
        assert supervisor._runs["worker"].child.pid != child.pid
    assert said[0] == "worker: no sign of work for 31 seconds; it is restarted."


def test_a_signal_ends_everything_in_order_and_is_no_error(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Supervisor(print) as supervisor:
        child = supervisor.start(shell("web", tmp_path))
        time.sleep(0.1)
        with pytest.raises(Stopped):
            os.kill(os.getpid(), signal.SIGTERM)
        raise Stopped
    assert not alive(child.pid)
    assert (tmp_path / "ended.txt").read_text() == "web\n"
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_second_ctrl_c_does_not_wait(tmp_path: Path) -> None:
    started = time.monotonic()
    with Supervisor(print) as supervisor:
        service = shell("stubborn", tmp_path, "trap '' TERM; sleep 1000 & sleep 1000")
        service.end_seconds = 60
        child = supervisor.start(service)
        # Only now does it refuse to end: a signal that comes too late would end the test run.
        assert eventually(lambda: len(children_of(child.pid)) == 3)
        impatient = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
        impatient.start()
        raise Stopped
    impatient.cancel()
    assert not alive(child.pid)
    assert time.monotonic() - started < 20


def test_a_watchdog_that_was_killed_is_replaced_and_knows_everybody(tmp_path: Path) -> None:
    with Supervisor(print) as supervisor:
        child = supervisor.start(shell("web", tmp_path))
        first = supervisor._watchdog
        assert first is not None
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        supervisor.look()
        second = supervisor._watchdog
        assert second is not None
        assert second.stdin is not None
        # What happens when the supervisor is gone: the other end of the pipe is closed.
        second.stdin.close()
        assert second.wait(timeout=5) == 1
        child.wait(timeout=1)
        supervisor._watchdog = None


def test_after_a_kill_nobody_waits_for_unfinished_work_but_the_servers_outlive_their_users(
    tmp_path: Path,
) -> None:
    listening = subprocess.Popen(
        [sys.executable, "-I", "-S", CHECKOUT / "portal/embedded/watchdog.py"], stdin=subprocess.PIPE
    )
    assert listening.stdin is not None
    slow = f"trap 'sleep 1; echo postgres >> {tmp_path}/ended.txt; exit 0' TERM; sleep 1000 & wait"
    busy = f"trap 'sleep 30; echo worker >> {tmp_path}/ended.txt; exit 0' TERM; sleep 1000 & wait"
    children = [
        shell("postgres", tmp_path, slow).start(),
        shell("worker", tmp_path, busy).start(),
        shell("web", tmp_path).start(),
    ]
    time.sleep(0.2)
    names = [("postgres", "serves"), ("worker", "uses"), ("web", "uses")]
    for (name, serves), child in zip(names, children, strict=True):
        listening.stdin.write(f"+ {name} {child.pid} 15 30 {serves}\n".encode())
    killed = time.monotonic()
    listening.stdin.close()
    assert listening.wait(timeout=20) == 1
    assert time.monotonic() - killed < 10
    assert (tmp_path / "ended.txt").read_text().split() == ["web", "postgres"]
    for child in children:
        child.wait(timeout=1)


SUPERVISED = """
    import sys, time
    from pathlib import Path
    from portal.embedded import process
    from portal.embedded.lock import Lock
    from portal.embedded.supervisor import Service, Supervisor

    folder = Path(sys.argv[1])
    lock = Lock(folder / "up.lock")
    lock.take("http://127.0.0.1:8000")
    script = "trap '' TERM INT HUP; sh -c 'sleep 1000' & echo $! $$ >> pids.txt; sleep 1000"
    with Supervisor(print, kept_open=(lock.number,)) as supervisor:
        for name in ("one", "two"):
            log = folder / name
            start = lambda: process.start(["sh", "-c", script], log=log, cwd=folder)
            supervisor.start(Service(name, start, log, end_seconds=0.5))
        (folder / "started").touch()
        supervisor.run()
"""


@pytest.mark.parametrize("kernel_helps", [True, False])
def test_nothing_is_left_after_a_kill_of_the_supervisor(tmp_path: Path, kernel_helps: bool) -> None:
    script = textwrap.dedent(SUPERVISED)
    if not kernel_helps:
        # As on macOS, where a process cannot ask to be told of its parent's end.
        script = "import sys; sys.platform = 'darwin'\n" + script
    supervisor = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=CHECKOUT)
    assert eventually((tmp_path / "started").exists)
    assert eventually(lambda: len((tmp_path / "pids.txt").read_text().split()) == 4)
    pids = [int(word) for word in (tmp_path / "pids.txt").read_text().split()]
    assert all(alive(pid) for pid in pids)
    supervisor.kill()
    # Not collected yet: a process that has ended and was not waited for holds no lock.
    started = time.monotonic()
    lock = Lock(tmp_path / "up.lock")
    lock.take("http://127.0.0.1:8001")
    try:
        assert not any(alive(pid) for pid in pids)
        # The lock waited for the end of the services, which took them their half second.
        assert time.monotonic() - started > 0.5
    finally:
        lock.release()
        supervisor.wait()


def test_a_second_run_in_the_same_folder_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "up.lock"), Lock(tmp_path / "up.lock")
    first.take("http://127.0.0.1:8110")
    with pytest.raises(Taken) as refused:
        second.take("http://127.0.0.1:8200")
    assert refused.value.address == "http://127.0.0.1:8110"
    assert refused.value.pid == os.getpid()
    first.release()
    second.take("http://127.0.0.1:8200")
    second.release()
