"""What importing and exporting a hundred thousand numbers costs, beside the library that reads their digits."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from pathlib import Path

import phonenumbers
import pytest
from django.db import connection

from phone_numbers import importing
from phone_numbers.models import Number
from portal import clock
from tests.bench.figures import show, size
from tests.jobs.in_steps import all_steps
from tests.numbers.files import applied, fresh, many, uploaded
from tests.people import Person

pytestmark = [pytest.mark.nightly, pytest.mark.django_db(transaction=True)]
ROWS = size(100_000, 20_000)


def library_alone(texts: list[str]) -> float:
    """Seconds that the library takes to say of each of `texts` what an inventory must know."""
    began = time.perf_counter()
    for text in texts:
        number = phonenumbers.parse(text, "US")
        assert phonenumbers.is_valid_number(number)
        phonenumbers.number_type(number)
        phonenumbers.region_code_for_number(number)
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return time.perf_counter() - began


def test_importing_takes_less_than_twice_what_the_library_takes_alone(ada: Person) -> None:
    text = many(ROWS)
    alone = library_alone([line.split(",")[0] for line in text.splitlines()[1:]])
    began = time.perf_counter()
    source = uploaded(ada, text)
    took = time.perf_counter() - began
    all_steps()
    looked = time.perf_counter() - began - took
    source = fresh(ada, source)
    with ada.acting():
        importing.apply(source, by=ada.actor, times=clock.read())
    all_steps()
    whole = time.perf_counter() - began
    with ada.acting():
        assert Number.objects.count() == ROWS
    show(
        "B47",
        f"import of {ROWS:,} rows: taken, checked row by row, put into the inventory with an event each",
        f"{whole:.1f} s = {whole / alone:.2f} × ({took:.1f} + {looked:.1f} + {whole - took - looked:.1f})",
        peer=f"phonenumbers alone {alone:.1f} s",
        wanted="< 2 ×",
    )
    assert whole < 2 * alone


def of(pid: int, field: str) -> int:
    """A figure of a process, in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1])


def test_a_worker_that_imports_stays_small(ada: Person) -> None:
    """In a process of its own, as a worker is: this one has read all of the tests."""
    source = uploaded(ada, many(ROWS))
    work = (
        "import django; django.setup()\n"
        "from django.db import connections\n"
        f"connections['default'].settings_dict['NAME'] = {connection.settings_dict['NAME']!r}\n"
        "from tests.jobs.in_steps import all_steps; from pathlib import Path\n"
        "all_steps()\n"
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    for act in ("checked", "imported"):
        if act == "imported":
            with ada.acting():
                importing.apply(fresh(ada, source), by=ada.actor, times=clock.read())
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings", "DATABASE_POOL": "0"}
        done = subprocess.run(
            [sys.executable, "-c", work], env=environment, capture_output=True, text=True, check=True
        )
        peak = int(done.stdout.split()[-1]) / 1024
        show("B47", f"{ROWS:,} rows {act}: memory of the worker", f"{peak:.0f} MB", wanted="<= 150 MB")
        assert peak <= 150
    assert fresh(ada, source).added == ROWS


def test_an_export_begins_at_once_and_needs_no_more_memory_at_its_end(ada: Person) -> None:
    applied(ada, many(ROWS))
    # A server that runs has read its modules and addresses.
    assert ada.get("/numbers/imports/").status_code == 200
    began = time.perf_counter()
    answer = ada.get("/numbers/export/?product=phone")
    pieces = iter(answer.streaming_content)
    size_of_all = len(next(pieces))
    first = time.perf_counter() - began
    size_of_all += len(next(pieces))
    gc.collect()
    memory = of(os.getpid(), "VmRSS")
    size_of_all += sum(len(piece) for piece in pieces)
    gc.collect()
    grown = (of(os.getpid(), "VmRSS") - memory) / 1024
    whole = time.perf_counter() - began
    show(
        "B48",
        f"export of {ROWS:,} numbers, {size_of_all / 1e6:.1f} MB",
        f"first byte {first * 1000:.0f} ms, all {whole:.1f} s, memory +{grown:.1f} MB",
        wanted="first byte <= 200 ms, memory flat",
    )
    assert first <= 0.2
    assert grown <= 8
