"""Where a tax id could lie about: one function per kind of place, each giving name → text.

A place is read as a thief would find it: rows as text, sessions decoded, logs before the last net.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.core.mail import EmailMessage
from psycopg import sql

from portal.logs import formatter


def spellings(tax_id: str) -> re.Pattern[str]:
    """The number however it is spaced, and its last seven digits, which are the secret part of an EIN."""
    digits = re.sub(r"\D", "", tax_id)
    spaced = r"[\W_]{0,3}".join(digits)
    return re.compile(f"{spaced}|{digits[2:]}")


def found(tax_id: str, places: Mapping[str, str]) -> list[str]:
    """The places in which it stands in clear, with what stands around it."""
    pattern = spellings(tax_id)
    return [
        f"{name}: …{text[max(0, match.start() - 60) : match.end() + 20]}…"
        for name, text in places.items()
        if (match := pattern.search(text))
    ]


def rows_of(url: str) -> dict[str, str]:
    """Every table of a database as text. `url` must be somebody whom no policy holds."""
    places = {}
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            query = sql.SQL("SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {} t")
            (text,) = connection.execute(query.format(sql.Identifier(schema, table))).fetchone() or ("",)
            places[f"table {table}"] = text
    return places


def sessions_in(url: str) -> dict[str, str]:
    """Every session as the portal reads it: in its row it is packed, which hides things from a search only."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT session_key, session_data FROM django_session").fetchall()
    return {f"session {key[:6]}": str(SessionStore().decode(data)) for key, data in rows}


def mails() -> dict[str, str]:
    """Every mail that was sent, whole."""
    sent: Iterable[EmailMessage] = getattr(mail, "outbox", [])
    return {
        f"mail {number}": "\n".join([one.subject, one.message().as_string(), str(one.body)])
        for number, one in enumerate(sent)
    }


def server_logs() -> dict[str, str]:
    """The log files of PostgreSQL and whatever else runs for this data folder."""
    folder: Path | None = settings.HOME.data if settings.HOME is not None else None
    files = folder.rglob("*.log") if folder else []
    return {f"file {file.name}": file.read_text(errors="replace") for file in files}


@contextmanager
def listening() -> Iterator[dict[str, io.StringIO]]:
    """Everything that is logged at any level: as the handler of the settings writes it, and without its net."""
    heard = {"log as written": io.StringIO(), "log before the net": io.StringIO()}
    root = logging.getLogger()
    handlers = [logging.StreamHandler(stream) for stream in heard.values()]
    handlers[0].setFormatter(formatter())
    handlers[1].setFormatter(logging.Formatter("%(name)s %(message)s"))
    level = root.level
    root.setLevel(logging.DEBUG)
    for handler in handlers:
        root.addHandler(handler)
    try:
        yield heard
    finally:
        root.setLevel(level)
        for handler in handlers:
            root.removeHandler(handler)
