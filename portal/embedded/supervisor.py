"""One process that starts the others, restarts what dies, and ends them in order."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from portal.embedded import process

# Seconds before the next start of something that keeps dying: at once for an accident, then
# slower, so that a broken configuration does not use up the machine.
RESTART_DELAYS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
# Whoever ran this long is well again.
WELL_AFTER = 30.0
POLL_SECONDS = 0.1

Child = subprocess.Popen[bytes]


class Stopped(BaseException):
    """Somebody asked us to end (Ctrl-C, SIGTERM, a closed terminal)."""


class ServiceFailed(Exception):
    """A service did not become ready; the message holds the end of its log."""


@dataclass
class Service:
    """What is needed to start one process, to know that it serves, and to end it."""

    name: str
    start: Callable[[], Child]
    log: Path
    end_signal: signal.Signals = signal.SIGTERM
    # It gets this long to end by itself.
    end_seconds: float = 5.0
    # Others use it: it is ended only when everything that was started after it has ended.
    serves_others: bool = False


@dataclass
class _Run:
    service: Service
    child: Child
    started: float
    failures: int = 0
    next_start: float | None = None


@dataclass
class Watch:
    """Looks after one service: when `sick` says so, the service is restarted.

    `sick` is asked every `seconds`, and only when the service has run for `grace` seconds.
    """

    name: str
    sick: Callable[[], str | None]
    seconds: float = 5.0
    # After a start, nothing is judged before the service had time to show life.
    grace: float = 30.0
    next_look: float = field(default=0.0)


class Supervisor:
    """Use as a context manager: at the end everything that was started is ended, newest first.

    `say` prints one line for the person at the terminal. `kept_open` are file descriptors (the
    lock of the data folder) that the watchdog holds for as long as it has work.
    """

    def __init__(self, say: Callable[[str], None], *, kept_open: tuple[int, ...] = ()) -> None:
        self._say = say
        self._kept_open = kept_open
        self._runs: dict[str, _Run] = {}
        self._watches: list[Watch] = []
        self._watchdog: Child | None = None
        self._handlers: dict[int, Any] = {}
        self._ending = False
        self._hurry = False
        self._uninterrupted = False
        self._asked = False

    # --- being asked to end -------------------------------------------------------------------

    def __enter__(self) -> Supervisor:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._on_signal)
        self._start_watchdog()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> bool:
        self.end()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        return kind is Stopped

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._ending:
            self._hurry = True
        elif self._uninterrupted:
            self._asked = True
        else:
            self._ending = True
            raise Stopped

    @contextmanager
    def _not_now(self) -> Iterator[None]:
        """Between the start of a child and its entry in our books no signal may interrupt us."""
        self._uninterrupted = True
        try:
            yield
        finally:
            self._uninterrupted = False
        if self._asked and not self._ending:
            self._ending = True
            raise Stopped

    # --- starting -----------------------------------------------------------------------------

    def start(self, service: Service) -> Child:
        """Start a service and look after it from now on."""
        with self._not_now():
            child = service.start()
            self._runs[service.name] = _Run(service, child, time.monotonic())
            self._announce(service, child)
        return child

    def watch(self, watch: Watch) -> None:
        """Restart a service also when it lives but no longer works."""
        self._watches.append(watch)

    def wait(self, name: str, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready`. Raises ServiceFailed when the service ends or takes longer."""
        run = self._runs[name]
        if not process.wait_until(ready, run.child, seconds):
            why = "ended" if run.child.poll() is not None else f"did not answer within {seconds:g} seconds"
            raise ServiceFailed(
                f"{name} {why}. The end of {run.service.log}:\n{process.last_lines(run.service.log)}"
            )

    # --- looking after ------------------------------------------------------------------------

    def run(self) -> None:
        """Restart what dies until somebody asks us to end (raises Stopped then)."""
        while True:
            self.look()
            time.sleep(POLL_SECONDS)

    def look(self) -> None:
        """One round: restart what has ended, ask the watches, replace a dead watchdog."""
        now = time.monotonic()
        if self._watchdog is None or self._watchdog.poll() is not None:
            self._start_watchdog()
        for run in list(self._runs.values()):
            self._look_at(run, now)
        for watch in self._watches:
            if now >= watch.next_look:
                watch.next_look = now + watch.seconds
                self._ask(watch, now)

    def _look_at(self, run: _Run, now: float) -> None:
        if run.next_start is None:
            code = run.child.poll()
            if code is None:
                return
            process.signal_group(run.child.pid, signal.SIGKILL)
            self._tell_watchdog(f"- {run.service.name}")
            run.failures = 1 if now - run.started > WELL_AFTER else run.failures + 1
            delay = RESTART_DELAYS[min(run.failures, len(RESTART_DELAYS)) - 1]
            run.next_start = now + delay
            after = f" in {delay:g} s" if delay else ""
            self._say(f"{run.service.name} has ended ({_reason(code)}); it is started again{after}.")
            if run.failures == 3:
                self._say(f"  It keeps ending. See {run.service.log}")
        if now >= run.next_start:
            with self._not_now():
                run.child = run.service.start()
                run.started, run.next_start = now, None
                self._announce(run.service, run.child)

    def _ask(self, watch: Watch, now: float) -> None:
        run = self._runs.get(watch.name)
        if run is None or run.next_start is not None or now - run.started < watch.grace:
            return
        complaint = watch.sick()
        if complaint:
            self._say(f"{watch.name}: {complaint}; it is restarted.")
            process.end(run.child, run.service.end_signal, run.service.end_seconds)

    # --- ending -------------------------------------------------------------------------------

    def end(self) -> None:
        """End everything, newest first; a second signal in the meantime ends it by force."""
        self._ending = True
        # What was restarted keeps its place in the order of the first start.
        told: list[_Run] = []
        for run in reversed(self._runs.values()):
            if run.service.serves_others:
                self._wait_for(told)
                told = []
            if run.child.poll() is None:
                process.signal_send(run.child.pid, run.service.end_signal)
            told.append(run)
        self._wait_for(told)
        self._runs.clear()
        self._end_watchdog()

    def _wait_for(self, told: list[_Run]) -> None:
        """Give each the time that it may take, then use force."""
        asked = time.monotonic()
        for run in told:
            child, service = run.child, run.service
            while child.poll() is None and time.monotonic() < asked + service.end_seconds and not self._hurry:
                time.sleep(0.02)
            if child.poll() is None and service.end_signal is signal.SIGINT:
                # PostgreSQL: "immediate". Its children obey it too, and the next start recovers.
                process.end(child, signal.SIGQUIT, 2.0)
            process.end(child, signal.SIGKILL, 2.0)

    # --- the watchdog -------------------------------------------------------------------------

    def _start_watchdog(self) -> None:
        if self._watchdog is not None and self._watchdog.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._watchdog.stdin.close()
        with self._not_now():
            self._watchdog = subprocess.Popen(
                [sys.executable, "-I", "-S", os.fspath(Path(__file__).with_name("watchdog.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=self._kept_open,
                cwd="/",
            )
            for run in self._runs.values():
                if run.next_start is None:
                    self._announce(run.service, run.child)

    def _announce(self, service: Service, child: Child) -> None:
        how = (
            f"{int(service.end_signal)} {service.end_seconds} {'serves' if service.serves_others else 'uses'}"
        )
        self._tell_watchdog(f"+ {service.name} {child.pid} {how}")

    def _tell_watchdog(self, line: str) -> None:
        if self._watchdog is None or self._watchdog.stdin is None:
            return
        # If it was killed, the next look starts another one and tells it everything.
        with contextlib.suppress(BrokenPipeError):
            self._watchdog.stdin.write(f"{line}\n".encode())
            self._watchdog.stdin.flush()

    def _end_watchdog(self) -> None:
        watchdog, self._watchdog = self._watchdog, None
        if watchdog is None or watchdog.stdin is None:
            return
        with contextlib.suppress(BrokenPipeError):
            watchdog.stdin.write(b"bye\n")
            watchdog.stdin.flush()
        with contextlib.suppress(BrokenPipeError):
            watchdog.stdin.close()
        watchdog.wait()


def _reason(code: int) -> str:
    if code >= 0:
        return f"code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
