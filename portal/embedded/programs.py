"""The portal's own processes: how each is started, and for how long it may finish its work."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from portal.embedded import process
from portal.embedded.home import Home
from portal.embedded.supervisor import Child, Service

CHECKOUT = Path(__file__).resolve().parents[2]


class Programs:
    """Services of one Home, all with the same environment `env`."""

    def __init__(self, home: Home, env: Mapping[str, str]) -> None:
        self.home = home
        self.env = dict(env)

    def web(self, port: int) -> Service:
        """The portal's pages. Threads: measured, gthread has a better slowest answer than granian."""
        return self._gunicorn("web", "portal.wsgi:application", port, workers=2, threads=4)

    def practice(self, port: int) -> Service:
        """The practice registry. One process: its ledger is an order of events, not a load."""
        return self._gunicorn(
            "practice", "portal.practice.wsgi:application", port, workers=1, threads=8, serves_others=True
        )

    def worker(self) -> Service:
        """The Celery worker. Two children: it waits for carriers, it does not compute."""
        options = [
            "--pool=prefork",
            "--concurrency=2",
            "--without-gossip",
            "--without-mingle",
            "--loglevel=INFO",
        ]
        # Carrier calls have a deadline of their own, and what is cut off is taken up again by its lease.
        return self._service(
            "worker",
            ["celery", "-A", "portal.celery:app", "worker", *options],
            end_seconds=10,
            # Celery closes connections around every task, and a pool with its threads along with them.
            extra={"DATABASE_POOL": "0"},
        )

    def beat(self) -> Service:
        """The ticker, whose memory of the last tick lies in the data folder."""
        schedule = f"--schedule={self.home.celerybeat_schedule}"
        return self._service(
            "beat",
            ["celery", "-A", "portal.celery:app", "beat", schedule, "--pidfile=", "--loglevel=WARNING"],
        )

    def migrate_practice(self) -> Child:
        """Start the migrations of the practice registry; their output is in `practice.log`."""
        command = [sys.executable, str(CHECKOUT / "manage.py"), "migrate", "--verbosity=0"]
        env = self.env | {"DJANGO_SETTINGS_MODULE": "portal.practice.settings"}
        return process.start(command, log=self.home.logs / "practice.log", env=env, cwd=CHECKOUT)

    def _gunicorn(
        self,
        name: str,
        application: str,
        port: int,
        *,
        workers: int,
        threads: int,
        serves_others: bool = False,
    ) -> Service:
        arguments = [
            "gunicorn",
            application,
            f"--bind=127.0.0.1:{port}",
            "--worker-class=gthread",
            f"--workers={workers}",
            f"--threads={threads}",
            "--graceful-timeout=5",
            # What a page has seen of two hundred rows (`ui.marks`).
            "--limit-request-line=8190",
            # Loads the code once for all workers. Nothing in it connects before its first request, and
            # nothing may: a connection must not be shared by two processes.
            "--preload",
            # Its socket would lie in the home folder, one for all checkouts.
            "--no-control-socket",
        ]
        settings = {"practice": "portal.practice.settings"}.get(name, "portal.settings")
        return self._service(name, arguments, end_seconds=6, settings=settings, serves_others=serves_others)

    def _service(
        self,
        name: str,
        arguments: list[str],
        *,
        end_seconds: float = 5,
        settings: str = "portal.settings",
        serves_others: bool = False,
        extra: Mapping[str, str] = MappingProxyType({}),
    ) -> Service:
        log = self.home.logs / f"{name}.log"
        env = self.env | {"DJANGO_SETTINGS_MODULE": settings, "PYTHONUNBUFFERED": "1", **extra}

        def start() -> Child:
            return process.start([sys.executable, "-m", *arguments], log=log, env=env, cwd=CHECKOUT)

        return Service(name, start, log, end_seconds=end_seconds, serves_others=serves_others)
