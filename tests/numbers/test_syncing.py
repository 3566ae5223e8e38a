"""Numbers come from the carrier by their tag: on demand and daily, part by part, and what people wrote stays."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from phone_numbers import adding, syncing
from phone_numbers.models import Number
from portal.audit.models import Event
from portal.carriers import numbers as carrier_numbers
from portal.lifecycle.models import Watch
from tests.numbers.numbering import Numbering
from tests.people import Person
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Fetching(Numbering):
    """One person's numbers as they come from the practice registry."""

    @property
    def tag(self) -> str:
        return syncing.tag_of(self.person.organization.pk)

    def bought(self, *e164s: str, **facts: Any) -> list[str]:
        """Numbers that the operator bought and marked as this organization's."""
        self.registry.add_numbers(self.key, e164s, **{"tags": [self.tag], **facts})
        return list(e164s)

    def ask(self, product: str = "phone") -> bool:
        with self.person.acting():
            return syncing.ask(product=product, by=self.person.actor, times=self.later())

    def fetch(self, product: str = "phone") -> syncing.Fetched:
        """Ask, and have it done."""
        assert self.ask(product)
        self.work()
        return self.fetched()

    def fetched(self) -> syncing.Fetched:
        with self.person.acting():
            return syncing.fetched()

    def held(self) -> dict[str, Number]:
        with self.person.acting():
            return {one.e164: one for one in Number.objects.held().order_by("e164")}

    def events(self, kind: str = "number") -> list[str]:
        with self.person.acting():
            rows = Event.objects.filter(object_kind=kind).order_by("id")
            return list(rows.values_list("action", flat=True))


@pytest.fixture
def fetching(ada: Person, registry: PracticeRegistry, settings: Any) -> Fetching:
    return Fetching(ada, registry, settings.TELNYX_KEY)


def some(count: int, start: int = 0) -> list[str]:
    """Numbers that no rule of the registry fits, and no other test has."""
    stem = uuid4().int % 700 + 200
    return [f"+1206{stem}{n:04d}" for n in range(start, start + count)]


def test_the_numbers_of_the_tag_come_and_no_others(fetching: Fetching) -> None:
    one, two, three, four = some(4)
    fetching.bought(one, two)
    fetching.bought(three, tags=["clearline-somebody-else"])
    fetching.bought(four, tags=[f"{fetching.tag}-2"])
    found = fetching.fetch()
    assert list(fetching.held()) == [one, two]
    assert (found.under_way, found.read, found.new, found.missing) == (False, 2, 2, 0)
    assert found.at is not None
    number = fetching.held()[one]
    assert (number.product, number.type, number.country, number.sms) == ("phone", "local", "US", True)
    assert (number.enabled, number.reference != "") == (True, True)
    assert number.synced_at is not None
    assert fetching.events() == [adding.ADDED] * 2
    assert fetching.events("inventory") == [syncing.ASKED]


def test_a_second_look_changes_nothing_and_says_nothing(fetching: Fetching) -> None:
    fetching.bought(*some(3))
    fetching.fetch()
    before = {e164: (one.pk, one.sms, one.reference) for e164, one in fetching.held().items()}
    assert fetching.fetch().new == 0
    assert {e164: (one.pk, one.sms, one.reference) for e164, one in fetching.held().items()} == before
    assert fetching.events() == [adding.ADDED] * 3


def test_what_the_carrier_says_is_taken_over_and_what_people_wrote_stays(fetching: Fetching) -> None:
    typed, mute, bare = some(3)
    with fetching.person.acting():
        new = [adding.NewNumber(one, label="Front desk") for one in (typed, mute, bare)]
        adding.add(new, product="contact_center", by=fetching.person.actor, times=fetching.later())
    fetching.bought(typed)
    fetching.bought(mute, sms=False)
    fetching.bought(bare, profile=False)
    assert fetching.fetch().new == 0
    held = fetching.held()
    assert {one.product for one in held.values()} == {"contact_center"}
    assert {one.label for one in held.values()} == {"Front desk"}
    assert [held[e164].sms for e164 in (typed, mute, bare)] == [True, False, True]
    assert [held[e164].enabled for e164 in (typed, mute, bare)] == [True, True, False]
    assert fetching.events() == [adding.ADDED] * 3 + [syncing.CANNOT_TEXT]
    fetching.bought(mute)
    fetching.fetch()
    assert fetching.held()[mute].sms
    assert fetching.events()[-1] == syncing.CAN_TEXT


def test_kinds_of_numbers_are_told_apart_and_foreign_ones_left_out(fetching: Fetching) -> None:
    local, toll_free, canadian, foreign = "+12062010001", "+18332010001", "+16042010001", "+442071838750"
    fetching.bought(local, toll_free, foreign)
    fetching.bought(canadian, country="CA")
    found = fetching.fetch()
    kinds = {e164: (one.type, one.country) for e164, one in fetching.held().items()}
    assert kinds == {local: ("local", "US"), toll_free: ("toll_free", "US"), canadian: ("local", "CA")}
    assert (found.read, found.new) == (4, 3)


def test_new_ones_go_to_the_product_that_was_asked_for(fetching: Fetching) -> None:
    (one,) = fetching.bought(*some(1))
    fetching.fetch("contact_center")
    assert fetching.held()[one].product == "contact_center"
    (two,) = fetching.bought(*some(1, start=7))
    fetching.work(days=2)
    assert fetching.held()[two].product == "contact_center"


def test_one_that_somebody_took_out_stays_out(fetching: Fetching) -> None:
    out, stays = fetching.bought(*some(2))
    fetching.fetch()
    with fetching.person.acting():
        Number.objects.filter(e164=out).update(removed_at=fetching.later().business)
    assert fetching.fetch().new == 0
    assert list(fetching.held()) == [stays]


def test_they_come_again_every_day_by_themselves(fetching: Fetching) -> None:
    fetching.bought(*some(1))
    fetching.fetch()
    (late,) = fetching.bought(*some(1, start=3))
    fetching.work(hours=1)
    assert late not in fetching.held()
    fetching.work(days=2)
    assert late in fetching.held()


def test_many_come_part_by_part_and_each_part_stands_by_itself(fetching: Fetching) -> None:
    every = fetching.bought(*some(600))
    assert fetching.ask()
    assert not fetching.ask()
    with fetching.person.acting():
        wait = Watch.objects.get(kind=syncing.KIND)
    fetching.work()
    assert list(fetching.held()) == every
    found = fetching.fetched()
    assert (found.read, found.total, found.new) == (600, 600, 600)
    with fetching.person.acting():
        wait.refresh_from_db()
    assert wait.attempt == 3
    asked = [one["path"] for one in fetching.registry.ledger(account=fetching.key) if one["method"] == "GET"]
    assert asked.count("/v2/phone_numbers/slim") == 3
    assert asked.count("/v2/phone_numbers/messaging") == 5


def test_a_part_that_cannot_be_had_is_asked_for_again_and_nothing_is_lost(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = fetching.bought(*some(600))
    assert fetching.ask()
    fetching.registry.fault(
        "status", account=fetching.key, verb="list", times=2, match={"resource": "inventory"}, status=503
    )
    fetching.work()
    found = fetching.fetched()
    assert found.under_way
    assert found.in_trouble
    fetching.work(minutes=5)
    fetching.work(minutes=5)
    assert list(fetching.held()) == every
    assert not fetching.fetched().in_trouble
    assert fetching.events() == [adding.ADDED] * 600


def test_one_that_is_not_listed_any_more_is_told_after_two_looks(fetching: Fetching) -> None:
    gone, stays = fetching.bought(*some(2))
    fetching.fetch()
    fetching.bought(gone, tags=[])
    for missing in (0, 1, 0):
        fetching.later.pass_(minutes=1)
        assert fetching.fetch().missing == missing
    number = fetching.held()[gone]
    assert (number.reference, number.enabled) == ("", None)
    assert fetching.held()[stays].reference
    assert fetching.events() == [adding.ADDED] * 2 + [syncing.NOT_LISTED]
    fetching.bought(gone)
    fetching.fetch()
    assert fetching.held()[gone].reference
    assert fetching.events()[-1] == syncing.LISTED_AGAIN


def test_an_incomplete_look_makes_nobody_missing(fetching: Fetching, monkeypatch: pytest.MonkeyPatch) -> None:
    every = fetching.bought(*some(3))
    fetching.fetch()
    short = carrier_numbers.NumberPart((), "", 3)
    monkeypatch.setattr(
        "portal.carriers.adapters.telnyx.TelnyxCarrier.list_numbers", lambda *_args, **_kwargs: short
    )
    for _look in range(3):
        fetching.later.pass_(minutes=1)
        assert fetching.fetch().missing == 0
    assert [one.reference != "" for one in fetching.held().values()] == [True] * len(every)


def test_every_organization_has_its_daily_look_once(fetching: Fetching, cy: Person) -> None:
    (one,) = fetching.bought(*some(1))
    assert syncing.begin_everywhere(fetching.later) >= 2
    assert syncing.begin_everywhere(fetching.later) == 0
    fetching.work(days=1)
    assert one in fetching.held()
    with cy.acting():
        assert not Number.objects.filter(e164=one).exists()


def test_a_place_in_the_list_that_the_carrier_forgot_begins_anew(fetching: Fetching) -> None:
    every = fetching.bought(*some(2))
    assert fetching.ask()
    with fetching.person.acting():
        wait = Watch.objects.get(kind=syncing.KIND)
        Watch.objects.filter(pk=wait.pk).update(answer={**wait.answer, "mark": "nowhere"})
    fetching.work()
    assert list(fetching.held()) == every


def test_the_page_asks_once_shows_how_far_it_is_and_what_it_brought(fetching: Fetching) -> None:
    fetching.bought(*some(300))
    client = fetching.person.client
    page = "/numbers/sync/?product=contact_center"
    assert b"They come by themselves within a day" in client.get(page).content
    for _click in range(2):
        answer = client.post("/numbers/sync/", {"product": "contact_center"})
        assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert fetching.events("inventory") == [syncing.ASKED]
    assert b"data-refresh" in client.get(page).content
    fetching.work()
    whole = client.get(page)
    assert b"The carrier has 300 numbers of yours. 300 of them are new." in whole.content
    assert b"data-refresh" not in whole.content
    part = client.get(page, headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert "300 numbers of yours" in part.headers["HX-Trigger"]


def test_a_product_that_is_none_is_not_found(ada: Person) -> None:
    assert ada.client.post("/numbers/sync/", {"product": "fax"}).status_code == 404


def test_who_may_not_submit_may_not_fetch(bo: Person) -> None:
    assert bo.client.get("/numbers/sync/").status_code == 403
    assert bo.client.post("/numbers/sync/", {"product": "phone"}).status_code == 403
    with bo.acting():
        assert not Watch.objects.filter(kind=syncing.KIND).exists()
