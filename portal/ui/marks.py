"""What a page has seen of its rows, so that one request asks for all that look otherwise by now.

Each row that can change says "id.mark" in a hidden field. A page has up to two hundred of them, and they travel in the
address: gunicorn takes 8,190 bytes of it, and most proxies eight kilobytes, so ids go in their short form.
"""

from __future__ import annotations

from uuid import UUID

from django.http import QueryDict

from portal.lib.ids import brief, from_brief

# The largest page.
MOST = 200


def mark_of(id_: UUID, mark: str) -> str:
    """What a row says: whose it is, and what it shows."""
    return f"{brief(id_)}.{mark}"


def marks_in(query: QueryDict, name: str) -> dict[UUID, str]:
    """What `mark_of` wrote, by id; whatever else stands there is left out."""
    found = {}
    for said in query.getlist(name)[:MOST]:
        id_, _, mark = said.partition(".")
        try:
            found[from_brief(id_)] = mark
        except ValueError:
            continue
    return found
