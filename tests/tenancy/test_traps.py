"""The measured traps of transactions and row-level security, each with what it does and what ours does instead."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.test.client import Client

from brands.models import Brand
from portal.accounts.models import User
from portal.tenancy.access import member
from portal.tenancy.models import Organization
from portal.tenancy.roles import Act
from portal.tenancy.scope import NoScope, acting_for, as_person, at_the_desk, current
from tests.conftest import owner_url
from tests.factories import brand_draft
from tests.people import Person
from tests.tenancy.matrix import events
from tests.tenancy.served_urls import BATCH
from tests.tenancy.serving import Browser, portal

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.tenancy.served_urls"),
    pytest.mark.slow,
]


def setting(name: str = "app.organization_id") -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [name])
        return cursor.fetchone()[0] or ""


def asked(person: Person, view: Any) -> HttpResponse:
    """One request of `person` to a view that has no address."""
    request = RequestFactory().get("/")
    request.user, request.session = person.user, person.client.session
    answer: HttpResponse = view(request)
    return answer


# --- half-done work


@pytest.mark.parametrize("path", ["/walls/raises/", "/walls/breaks/"])
def test_a_view_that_raises_half_way_leaves_nothing(ada: Person, path: str) -> None:
    brand_draft(ada)
    before = events(ada, "brand.created")
    ada.client.raise_request_exception = False
    assert ada.get(path).status_code == 500
    with ada.acting():
        assert [brand.city for brand in Brand.objects.all()] == ["Seattle"]
    assert events(ada, "brand.created") == before


def test_a_refusal_half_way_takes_the_work_back_and_is_written_down_all_the_same(ada: Person) -> None:
    brand_draft(ada)

    @member(can=Act.VIEW)
    def thinks_better_of_it(request: HttpRequest) -> HttpResponse:
        Brand.objects.update(city="Half-way")
        raise PermissionDenied

    with pytest.raises(PermissionDenied):
        asked(ada, thinks_better_of_it)
    with ada.acting():
        assert Brand.objects.get().city == "Seattle"
    assert events(ada, "access.refused") == 1


def test_a_transaction_around_the_whole_request_would_keep_half_of_the_work(
    ada: Person, settings: Any
) -> None:
    """The trap: by the time that middleware sees it, the exception has become an answer."""
    settings.MIDDLEWARE = ["tests.tenancy.test_traps.RequestWide", *settings.MIDDLEWARE]
    settings.ROOT_URLCONF = "tests.tenancy.test_traps"
    browser = Client(raise_request_exception=False)
    assert browser.get("/renames/").status_code == 500
    assert User.objects.filter(name="Half-way").exists()


class RequestWide:
    """What ATOMIC_REQUESTS in middleware looks like."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            answer: HttpResponse = self.get_response(request)
        return answer


def renames(request: HttpRequest) -> HttpResponse:
    """Half of the work, and then something breaks."""
    User.objects.update(name="Half-way")
    raise RuntimeError("half-way")


# --- streams


def test_a_stream_has_all_its_rows_and_closes_its_scope(ada: Person, cy: Person) -> None:
    wanted = {brand_draft(ada, display_name=f"Acme {number}").name for number in range(3 * BATCH + 1)}
    brand_draft(cy, display_name="Rival")
    answer = ada.get("/walls/stream/")
    assert set(answer.getvalue().decode().splitlines()) == wanted
    assert setting() == ""
    with pytest.raises(NoScope):
        current()


def test_a_stream_that_is_left_half_way_closes_its_scope_too(ada: Person) -> None:
    for number in range(2 * BATCH):
        brand_draft(ada, display_name=f"Acme {number}")
    request = RequestFactory().get("/walls/stream/")
    request.user, request.session = ada.user, ada.client.session
    from tests.tenancy.served_urls import stream

    answer = stream(request)
    assert isinstance(answer, StreamingHttpResponse)
    assert next(iter(answer.streaming_content)).startswith(b"Acme")
    answer.close()
    assert not connection.in_atomic_block
    assert setting() == ""


def test_a_stream_without_a_scope_of_its_own_raises_instead_of_being_empty(ada: Person) -> None:
    """The trap: its rows are asked for after the view's transaction, where the database shows none."""
    brand_draft(ada)

    def lines(rows: Any) -> Iterator[str]:
        for brand in rows():
            yield brand.name

    @member(can=Act.VIEW)
    def scoped(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(lines(Brand.objects.all))

    @member(can=Act.VIEW)
    def unscoped(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(lines(Brand._base_manager.all))

    with pytest.raises(NoScope):
        list(asked(ada, scoped))
    assert list(asked(ada, unscoped)) == []


# --- scopes


def test_a_scope_inside_another_gives_it_back_after_an_exception_too(ada: Person, cy: Person) -> None:
    with acting_for(ada.organization.pk, by=ada.actor):
        with pytest.raises(ZeroDivisionError), acting_for(cy.organization.pk, by=cy.actor):
            _ = 1 / 0
        assert setting() == str(ada.organization.pk)
        assert current().organization_id == ada.organization.pk


def test_an_inner_scope_that_may_only_read_lets_the_outer_one_write(ada: Person) -> None:
    with ada.acting():
        with (
            acting_for(ada.organization.pk, by=ada.actor, read_only=True),
            pytest.raises(Exception, match="read-only"),
            transaction.atomic(),
        ):
            Organization.objects.update(name="No")
        assert Organization.objects.update(time_zone="UTC")


def test_the_desk_and_a_person_inside_a_scope_leave_it_as_it_was(ada: Person) -> None:
    brand_draft(ada)
    with ada.acting():
        with at_the_desk():
            pass
        with as_person(ada.user.pk):
            assert setting("app.user_id") == str(ada.user.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("portal_app",)
        assert setting("app.user_id") == ""
        assert Brand.objects.update(city="Tacoma") == 1


def test_the_setting_is_lost_with_its_transaction(ada: Person) -> None:
    """So nothing is shown after a commit in the middle, and nothing stays on the connection for the next."""
    brand_draft(ada)
    with ada.acting(), connection.cursor() as cursor:
        assert setting() == str(ada.organization.pk)
        cursor.execute("COMMIT")
        assert setting() == ""
        assert Brand.objects.count() == 0


def test_a_thread_started_inside_a_scope_has_none(ada: Person) -> None:
    said: list[BaseException] = []

    def look() -> None:
        try:
            Brand.objects.count()
        except NoScope as missing:
            said.append(missing)

    with ada.acting():
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert len(said) == 1


def test_force_holds_the_owner_and_without_it_the_owner_would_see_everything(ada: Person) -> None:
    brand_draft(ada)
    with psycopg.connect(owner_url()) as owner:
        counting = "SELECT count(*) FROM brands_brand"
        assert owner.execute(counting).fetchone() == (0,)
        owner.execute("ALTER TABLE brands_brand NO FORCE ROW LEVEL SECURITY")
        assert owner.execute(counting).fetchone() == (1,)
        owner.rollback()


# --- slow uploads

BODY = 200
# A dribbling body takes this many seconds; others must not wait for it.
DRIBBLE = 6.0
# An answer takes milliseconds; a busy machine is given a second and a half. The pool gives up after 5 s.
PATIENCE = 1.5


def dribble(port: int, browser: Browser, stop: threading.Event, told: list[bytes]) -> None:
    """POST a form byte by byte, as a phone in a tunnel does."""
    head = (
        f"POST /walls/upload/ HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {browser.cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {BODY}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), 30) as line:
        line.sendall(head.encode())
        for _ in range(BODY):
            line.sendall(b"a")
            stop.wait(DRIBBLE / BODY)
        answer = b""
        while part := line.recv(4096):
            answer += part
        told.append(answer)


@pytest.mark.slow
def test_slow_uploads_do_not_starve_a_small_pool(ada: Person) -> None:
    """Two connections, four threads, two bodies that come byte by byte: everybody else is answered at once."""
    brand_draft(ada)
    with portal(pool=2, workers=1, threads=4) as port:
        browser = Browser(port, ada)
        assert browser.get("/walls/rows/")[0] == 200
        stop, told = threading.Event(), []
        slow = [threading.Thread(target=dribble, args=(port, browser, stop, told)) for _ in range(2)]
        for thread in slow:
            thread.start()
        time.sleep(0.5)
        waits, answers = [], 0
        while all(thread.is_alive() for thread in slow) and answers < 100:
            began = time.monotonic()
            assert browser.get("/walls/rows/")[0] == 200
            waits.append(time.monotonic() - began)
            answers += 1
        still_sending = all(thread.is_alive() for thread in slow)
        stop.set()
        for thread in slow:
            thread.join()
        browser.close()
    assert answers >= 20
    assert max(waits) < PATIENCE
    assert still_sending or answers < 100
    assert [answer.split(b"\r\n\r\n")[1] for answer in told] == [str(BODY).encode()] * 2


from django.urls import path  # noqa: E402  this module is a URL conf for one test

urlpatterns = [path("renames/", renames)]
