"""The matrix as functions: ask one address in every way, and say what is wrong.

Each takes the address and people and returns findings in words, so that it runs on the portal and on
addresses with planted leaks alike.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from allauth.account.internal.flows import login
from django.db import connection
from django.test import Client

from portal.tenancy.models import Membership, Organization, Staff
from portal.tenancy.roles import READING
from portal.tenancy.scope import acting_for
from portal.tenancy.visiting import VISIT_KEY, VISIT_SINCE_KEY
from tests.people import Person, enrolled
from tests.tenancy.addresses import Address, Answer, ask
from tests.tenancy.rows import CANARY, HOLES, OWN_WRITES, Row, Word, filling, form_of

METHODS = ("get", "post", "put", "patch", "delete")
PLAIN: dict[str, str] = {}
HTMX = {"HTTP_HX_REQUEST": "true"}
Values = dict[str, object]


# --- people


def fresh(client: Client) -> None:
    """As after a sign-in of this minute, which some acts ask for."""
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    session.save()


def in_role(role: str) -> Person:
    """Somebody of Acme with this role, freshly signed in."""
    person = enrolled("ada")
    with acting_for(person.organization.pk, by=person.actor):
        Membership.objects.filter(user=person.user).update(role=role)
    fresh(person.client)
    return person


def of_the_staff(role: str, *, visiting: Organization | None = None) -> Person:
    """Somebody of the operator's staff, freshly signed in; `visiting` an organization where that is given."""
    person = enrolled("cy")
    with acting_for(person.organization.pk, by=person.actor):
        Membership.objects.filter(user=person.user).delete()
    Staff.objects.update_or_create(user=person.user, defaults={"role": role})
    fresh(person.client)
    if visiting is not None:
        session = person.client.session
        session[VISIT_KEY] = str(visiting.pk)
        session[VISIT_SINCE_KEY] = time.time()
        session.save()
    return person


# --- what a page is filled with


def unmapped(address: Address) -> list[str]:
    """Holes that nobody said how to fill."""
    return [hole for hole in address.holes if filling(address.name, hole) is None]


def fillings(address: Address, person: Person, word: str) -> dict[str, list[object]]:
    """For each hole the ids of `person`'s rows, or the word that stands there."""
    made: dict[str, list[object]] = {}
    for hole in address.holes:
        how = filling(address.name, hole)
        assert how is not None, f"{address.name}: say in tests/tenancy/rows.py what <{hole}> is filled with"
        made[hole] = [how.value] if isinstance(how, Word) else how.make(person, word)
    return made


def names_a_row(address: Address) -> list[str]:
    """The holes that name a tenant's row."""
    how = {hole: filling(address.name, hole) for hole in address.holes}
    return [hole for hole, one in how.items() if isinstance(one, Row) and not one.house]


def furnished(person: Person) -> Values:
    """One row of every kind in `person`'s organization, with the canary in it: lists must have something to leak."""
    kinds = {
        hole.rpartition(" ")[2]: how for hole, how in HOLES.items() if isinstance(how, Row) and not how.house
    }
    return {hole: how.make(person, CANARY)[0] for hole, how in kinds.items()}


def together(made: dict[str, list[object]]) -> Iterator[Values]:
    """First values together, second ones together …: what was made together belongs together."""
    for place in range(max((len(values) for values in made.values()), default=1)):
        yield {hole: values[min(place, len(values) - 1)] for hole, values in made.items()}


def smuggled(theirs: Values, organization: object) -> dict[str, Any]:
    """Another tenant's ids under every name under which a view could take them from a query or a body."""
    ids = {"organization": organization, "organization_id": organization, "tenant": organization}
    for hole, value in theirs.items():
        ids |= {hole: value, hole.removesuffix("_id"): value, "id": value, "pk": value, "ids": value}
        ids |= {"seen": f"{value}:verified", "object_id": value, "object": value}
    return {name: str(value) for name, value in ids.items()}


# --- what the database holds


def tenant_tables(cursor: Any) -> list[str]:
    """Every table with an organization."""
    cursor.execute("SELECT table_name FROM information_schema.columns WHERE column_name = 'organization_id'")
    return sorted(table for (table,) in cursor.fetchall())


def snapshot(person: Person, *, besides: tuple[str, ...] = ()) -> dict[str, str]:
    """A digest of every row of `person`'s organization, by table."""
    with person.acting(), connection.cursor() as cursor:
        tables = [table for table in tenant_tables(cursor) if table not in besides]
        digests = " UNION ALL ".join(
            f"SELECT '{table}', md5(string_agg(md5(t::text), '' ORDER BY md5(t::text)))"
            # Said although the policies say it, because some tests switch them off.
            f" FROM {table} t WHERE organization_id = %(mine)s"
            for table in tables
        )
        itself = "SELECT 'organization', t::text FROM tenancy_organization t WHERE id = %(mine)s"
        cursor.execute(f"{digests} UNION ALL {itself}", {"mine": person.organization.pk})
        return dict(cursor.fetchall())


def linked(person: Person, ids: set[str]) -> list[str]:
    """Tables in which a row of `person`'s organization names one of `ids`; the log of refusals may."""
    with person.acting(), connection.cursor() as cursor:
        found = []
        for table in tenant_tables(cursor):
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {table} t WHERE organization_id = %s AND t::text ~ %s)",
                [person.organization.pk, "|".join(sorted(ids))],
            )
            found += [table] * (cursor.fetchone()[0] and table != "audit_event")
    return found


# --- findings


def permission_findings(address: Address, written: dict[str, Any]) -> list[str]:
    """Does the view ask for exactly the permission that is written down for it?"""
    asks = address.can or address.duty
    if asks is None:
        return [f"{address.name} asks for no permission"]
    if address.name not in written:
        return [f"{address.name} stands in no table: say in tests/tenancy/rows.py that it asks for {asks!r}"]
    if written[address.name] != asks:
        return [f"{address.name} asks for {asks!r} and not for {written[address.name]!r}"]
    return []


def foreign_findings(address: Address, owner: Person, stranger: Person) -> list[str]:
    """What `stranger` gets of `owner`'s rows: by path, query and body, plain and htmx, by every method."""
    fresh(stranger.client)
    everything = furnished(owner)
    theirs, mine = fillings(address, owner, CANARY), fillings(address, stranger, "Plain")
    rows = names_a_row(address)
    for one in together(theirs):
        # What a page of theirs leaves behind in the process must not be handed to the next.
        ask(owner.client, "get", address.path(one))
    before, found = snapshot(owner), []
    for one, own in zip(together(theirs), together(mine), strict=True):
        ids = everything | {hole: one[hole] for hole in rows}
        smuggle = smuggled(ids, owner.organization.pk)
        for which in product((True, False), repeat=len(rows)):
            foreign = {hole for hole, it_is in zip(rows, which, strict=True) if it_is}
            values = own | {hole: one[hole] for hole in foreign}
            # A confirmation of what came before would stand on one of two pages that are compared.
            ask(stranger.client, "get", address.path(own | {hole: address.never(hole) for hole in rows}))
            for way in ways(foreign):
                found += _one_request(
                    address, stranger, way, values, foreign, smuggle if way.smuggles else {}
                )
        named = {str(value) for value in ids.values()} | {str(owner.organization.pk)}
        found += [
            f"{address.name} links a row of {table} to another tenant's" for table in linked(stranger, named)
        ]
    changed = {table for table, digest in snapshot(owner).items() if digest != before[table]}
    return found + [f"{address.name} changes another tenant's rows: {table}" for table in sorted(changed)]


@dataclass(frozen=True)
class Way:
    """One way to ask: the method, plain or as htmx does, with or without foreign ids in query and body."""

    method: str
    headers: dict[str, str]
    smuggles: bool

    def __str__(self) -> str:
        return f"{self.method}{' htmx' if self.headers else ''}{' with ids in the body' if self.smuggles else ''}"


def ways(foreign: set[str]) -> list[Way]:
    """All ways where the path names another tenant's row; where it names one's own, only foreign ids elsewhere."""
    full = [Way(*one) for one in product(("get", "post"), (PLAIN, HTMX), (False, True))]
    odd = [Way(method, PLAIN, smuggles=False) for method in ("put", "patch", "delete")]
    return full + odd if foreign else [way for way in full if way.smuggles]


def findings(address: Address, owner: Person, stranger: Person, written: dict[str, Any]) -> list[str]:
    """Everything that can be said of one address but its roles."""
    found = permission_findings(address, written)
    return found + foreign_findings(address, owner, stranger) + reading_findings(address, owner)


def _one_request(
    address: Address, stranger: Person, way: Way, values: Values, foreign: set[str], smuggle: dict[str, str]
) -> Iterator[str]:
    """Ask with another tenant's ids, then with ids that never were, and compare."""
    what = f"{address.name} {way}{' foreign ' if foreign else ''}{'+'.join(sorted(foreign))}"
    query = "?" + "&".join(f"{name}={value}" for name, value in ({"return": "check"} | smuggle).items())
    data = form_of(address.name, stranger) | smuggle
    told = ask(stranger.client, way.method, address.path(values) + query, data, **way.headers)
    if told.status >= 500:
        yield f"{what}: answers {told.status}"
    if CANARY.lower() in (told.text + str(told.headers)).lower():
        yield f"{what}: shows another tenant's row"
    if not foreign:
        return
    never = values | {hole: address.never(hole) for hole in foreign}
    nobody = ask(stranger.client, way.method, address.path(never) + query, data, **way.headers)
    if told.status not in {404, 405}:
        yield f"{what}: answers {told.status} for another tenant's id"
    ids = [*map(str, values.values()), *map(str, never.values())]
    if told.like(*ids) != nobody.like(*ids):
        yield f"{what}: tells another tenant's id from one that never was"


def own_answers(address: Address, person: Person, word: str = "Plain") -> list[Answer]:
    """What `person` gets at their own rows: GET everywhere first, then POST with the form."""
    made = list(together(fillings(address, person, word)))
    return [
        ask(person.client, method, address.path(values), form_of(address.name, person))
        for method, values in product(("get", "post"), made)
    ]


def role_findings(address: Address, person: Person, *, allowed: bool, role: str) -> list[str]:
    """Is `person` let in exactly when the table says so, and is a refusal written down?"""
    answers = own_answers(address, person)
    statuses = [answer.status for answer in answers]
    found = [f"{address.name} {role}: answers {status}" for status in statuses if status >= 500]
    if allowed and not any(answer.let_in for answer in answers):
        found.append(f"{address.name} {role}: never let in, {statuses}")
    if allowed and 403 in statuses:
        found.append(f"{address.name} {role}: refused, {statuses}")
    if not allowed and set(statuses) - {403, 405}:
        found.append(f"{address.name} {role}: not refused, {statuses}")
    return found


def reading_findings(address: Address, person: Person) -> list[str]:
    """An address that everybody may read changes nothing of the organization, whatever is posted to it."""
    if address.can not in READING or address.name in OWN_WRITES:
        return []
    made = list(together(fillings(address, person, "Plain")))
    before = snapshot(person, besides=("audit_event", "audit_unsealed"))
    for method, values, headers in product(METHODS, made, (PLAIN, HTMX)):
        ask(person.client, method, address.path(values), form_of(address.name, person), **headers)
    after = snapshot(person, besides=("audit_event", "audit_unsealed"))
    changed = sorted(table for table in after if after[table] != before.get(table))
    return [f"{address.name} asks for {address.can} only, and writes: {table}" for table in changed]


def events(person: Person, action: str) -> int:
    """How many events of this kind the organization's log holds."""
    with person.acting(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_event WHERE action = %s", [action])
        return int(cursor.fetchone()[0])
