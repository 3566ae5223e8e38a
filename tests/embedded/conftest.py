"""Data folders that the account of PostgreSQL can enter, which pytest's own folders are not."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.embedded.home import Home
from portal.embedded.postgres import Postgres


@contextmanager
def _new_home() -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="clearline-embedded-"))
    os.chmod(folder, 0o711)
    home = Home(folder / "data")
    yield home
    if home.data.exists():
        Postgres(home).remove()
    shutil.rmtree(home.sockets, ignore_errors=True)
    shutil.rmtree(folder)


@pytest.fixture
def home() -> Iterator[Home]:
    """A Home in a new folder; everything that it left is deleted afterwards."""
    with _new_home() as home:
        yield home


@pytest.fixture(scope="package")
def serving_home() -> Iterator[Home]:
    """A Home whose PostgreSQL runs with its roles: for tests that only look, or make their own tables."""
    with _new_home() as home:
        postgres = Postgres(home, durable=False)
        postgres.prepare()
        running = postgres.start()
        try:
            postgres.wait(running)
            postgres.roles()
            # A second run of the same file must change nothing, because every new version does it.
            postgres.roles()
            yield home
        finally:
            postgres.stop(running)
