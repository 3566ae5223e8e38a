"""Number pools: what goes with a request, when none can be had, and what the desk's word does to the limit."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns import states as campaign_states
from campaigns.models import Campaign
from phone_numbers import pools
from phone_numbers.models import Number, Selection
from phone_numbers.pool_lists import NoList, candidates, numbers_of
from phone_numbers.pool_models import PoolRequest
from portal import clock
from portal.audit.models import Event
from portal.audit.recording import CLEARLINE
from portal.lifecycle.states import make
from portal.support import states
from portal.support.files import CSV, NewFile
from portal.support.models import Attachment, Message, Ticket
from tests.campaigns.numbering import numbers_of as inventory
from tests.campaigns.numbering import numbers_on
from tests.factories import active_campaign, submitted_campaign, verified_brand
from tests.operations.staff import Colleague, on_duty
from tests.people import Person
from tests.support.asking import PNG, pool_request

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WHY = {"reason": "agents", "text": "Every dentist has one."}


@pytest.fixture
def pia(db: None) -> Colleague:
    return on_duty("pia")


def page_of(campaign: Campaign) -> str:
    return f"/numbers/pool/{campaign.pk}/"


def ids(numbers: list[Number]) -> list[str]:
    return [str(one.pk) for one in numbers]


def sent_list(person: Person) -> list[dict[str, str]]:
    """The list that went with the only request, as rows."""
    with person.acting():
        file = Attachment.objects.select_related("content").get()
        text = bytes(file.content.data).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_page_fills_in_what_the_desk_must_know(ada: Person) -> None:
    campaign = active_campaign(ada)
    numbers_on(ada, campaign, 3)
    inventory(ada, 57)
    shown = " ".join(ada.get(page_of(campaign)).content.decode().split())
    for word in ("Phone number porting", "SMS concern", "Acme Plumbing visits", "3 of 48", 'value="60"'):
        assert word in shown
    assert shown.count('name="numbers"') == 60
    assert shown.count("On it now") == 3


def test_numbers_are_struck_out_and_the_rest_goes_along_as_csv(ada: Person) -> None:
    campaign = active_campaign(ada)
    kept, struck = inventory(ada, 3), inventory(ada, 2)
    kept.append(inventory(ada, 1, label="=cmd()")[0])
    answer = ada.post(page_of(campaign), {**WHY, "planned": "1,200", "volume": "900", "numbers": ids(kept)})
    assert answer.status_code == 302
    rows = sent_list(ada)
    assert [row["tel"] for row in rows] == [one.e164[1:] for one in kept]
    assert not {one.e164[1:] for one in struck} & {row["tel"] for row in rows}
    assert rows[-1]["name"] == "'=cmd()"
    with ada.acting():
        request = PoolRequest.objects.get()
        ticket = Ticket.objects.get()
    assert (request.planned, request.listed, request.volume) == (1200, 4, 900)
    assert not request.own_file
    assert ticket.due_at == ticket.opened_at + pools.wait().value.at_most
    shown = ada.get(f"/support/{ticket.pk}/").content.decode()
    for word in ("Phone number porting", "SMS concern", "1,200", "Acme Plumbing visits"):
        assert word in shown


def test_only_numbers_that_can_be_on_the_campaign_stand_in_the_list(ada: Person) -> None:
    brand = verified_brand(ada)
    campaign = active_campaign(ada, brand)
    fits = inventory(ada, 2)
    inventory(ada, 1, sms=False)
    inventory(ada, 1, type="toll_free", e164="+18005550199")
    inventory(ada, 1, country="CA", e164="+16045550100")
    inventory(ada, 1, product="contact_center")
    inventory(ada, 1, removed_at=clock.read().business)
    numbers_on(ada, active_campaign(ada, brand), 1)
    with ada.acting():
        assert ids(list(candidates(campaign))) == ids(fits)


def test_the_list_begins_with_what_was_ticked_in_the_inventory(ada: Person) -> None:
    campaign = active_campaign(ada)
    ticked, _others = inventory(ada, 4), inventory(ada, 3)
    with ada.acting():
        Selection.objects.create(
            organization=ada.organization, user=ada.user, product="phone", ids=[one.pk for one in ticked]
        )
    page = f"{page_of(campaign)}?from=selection"
    assert ada.get(page).content.decode().count('name="numbers"') == 4
    assert ada.post(page, {**WHY, "planned": "60", "numbers": ids(ticked[:2])}).status_code == 302
    assert len(sent_list(ada)) == 2


def test_beside_what_was_ticked_the_numbers_on_the_campaign_count(ada: Person) -> None:
    campaign = active_campaign(ada)
    on_it = [one.number for one in numbers_on(ada, campaign, 4)]
    ticked = inventory(ada, 57)
    with ada.acting():
        kept = [one.pk for one in [*ticked, on_it[0]]]
        Selection.objects.create(organization=ada.organization, user=ada.user, product="phone", ids=kept)
    page = f"{page_of(campaign)}?from=selection"
    assert 'value="61"' in ada.get(page).content.decode()
    sent = ids([*ticked, on_it[0]])
    refused = ada.post(page, {**WHY, "planned": "60", "numbers": sent})
    assert refused.status_code == 422
    assert "which are 61" in refused.content.decode()
    assert ada.post(page, {**WHY, "planned": "61", "numbers": sent}).status_code == 302


def test_the_list_is_a_file_to_take_rows_out_of_and_to_send_back(ada: Person) -> None:
    campaign = active_campaign(ada)
    inventory(ada, 60)
    answer = ada.get(f"{page_of(campaign)}list/")
    data = b"".join(answer.streaming_content)
    assert "attachment" in answer["Content-Disposition"]
    rows = data.splitlines(keepends=True)
    assert len(rows) == 61
    own = SimpleUploadedFile("ours.csv", b"".join(rows[:51]))
    assert ada.post(page_of(campaign), {**WHY, "planned": "60", "own": own}).status_code == 302
    with ada.acting():
        request = PoolRequest.objects.get()
        assert (request.listed, request.own_file) == (50, True)
        assert Attachment.objects.get().name == "ours.csv"


def test_a_list_too_long_to_strike_out_goes_whole_and_a_changed_one_is_asked_about(ada: Person) -> None:
    campaign = active_campaign(ada)
    inventory(ada, 501)
    shown = ada.get(page_of(campaign)).content.decode()
    assert 'name="numbers"' not in shown
    assert 'name="expected" value="501"' in shown
    inventory(ada, 1)
    stale = ada.post(page_of(campaign), {**WHY, "planned": "600", "expected": "501"})
    assert stale.status_code == 422
    assert "it has 502 numbers now" in stale.content.decode()
    assert ada.post(page_of(campaign), {**WHY, "planned": "600", "expected": "502"}).status_code == 302
    assert len(sent_list(ada)) == 502


@pytest.mark.parametrize(
    ("data", "numbers"),
    [
        (b"tel\r\n12065550100\r\n+1 (206) 555-0101,front desk\r\n", ["+12065550100", "+12065550101"]),
        (b"name;number\r\nDesk;206.555.0100\r\n;\r\n\r\nDesk;2065550100\r\n", ["+12065550100"]),
        ("tel\n'+12065550100".encode("utf-16"), ["+12065550100"]),
        (b'"Desk, 5th floor","206 555 0100"\n', ["+12065550100"]),
        ("Jos\xe9;206 555 0100\n".encode("latin-1"), ["+12065550100"]),
    ],
)
def test_somebodys_own_list_is_read_as_spreadsheets_write_it(data: bytes, numbers: list[str]) -> None:
    assert numbers_of(NewFile("a.csv", CSV, data), most=5) == numbers


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"tel\n1.20656E+10\n", "1.20656E"),
        (b"name\nFront desk\n", "no phone number"),
        (b'tel\n"12065550100\n12065550101\n', "row 2"),
        (b"\n".join(b"206555%04d" % one for one in range(100, 107)), "more than 5 numbers"),
    ],
)
def test_a_file_that_is_no_list_says_why(data: bytes, says: str) -> None:
    with pytest.raises(NoList, match=says):
        numbers_of(NewFile("a.csv", CSV, data), most=5)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"planned": "48"}, "from 49 to 5,000"),
        ({"planned": "5001"}, "from 49 to 5,000"),
        ({"planned": "many"}, "from 49 to 5,000"),
        ({"planned": ""}, "Fill in “Numbers planned in total”"),
        ({"reason": ""}, "What are they used for?"),
        ({"reason": "nonsense"}, "What are they used for?"),
        ({"text": ""}, "Fill in “Why does this campaign need them?”"),
        ({"volume": "-1"}, "“Messages a day” is a whole number"),
        ({"numbers": []}, "Tick the numbers"),
        ({"own": SimpleUploadedFile("list.csv", PNG)}, "a picture (PNG) and no list"),
        ({"own": SimpleUploadedFile("list.xlsx", b"PK\x03\x04")}, "save a list as CSV"),
        ({"attachments": SimpleUploadedFile("a.zip", b"PK\x03\x04")}, "save a list as CSV"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    ada: Person, fields: dict[str, Any], says: str
) -> None:
    campaign = active_campaign(ada)
    numbers = inventory(ada, 3)
    given = {**WHY, "planned": "60", "numbers": ids(numbers[:2]), **fields}
    answer = ada.post(page_of(campaign), given)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert says in shown.replace("&quot;", '"')
    if "text" not in fields:
        assert WHY["text"] in shown
    if "numbers" not in fields:
        assert shown.count("checked") == 2
    with ada.acting():
        assert not Ticket.objects.exists()


def test_more_in_the_list_than_planned_is_asked_about(ada: Person) -> None:
    campaign = active_campaign(ada)
    numbers = inventory(ada, 50)
    answer = ada.post(page_of(campaign), {**WHY, "planned": "49", "numbers": ids(numbers)})
    assert answer.status_code == 422
    assert "which are 50" in answer.content.decode()


def test_a_forged_id_refuses_the_whole_request(ada: Person, cy: Person) -> None:
    campaign = active_campaign(ada)
    ours, theirs = inventory(ada, 2), inventory(cy, 1)
    for forged in (str(theirs[0].pk), str(uuid4()), "nonsense"):
        answer = ada.post(page_of(campaign), {**WHY, "planned": "60", "numbers": [*ids(ours), forged]})
        assert answer.status_code == 404
    with ada.acting():
        assert not Ticket.objects.exists()


# --- when none can be had


def spoiled(person: Person, how: str) -> Campaign:
    if how == "waiting":
        return submitted_campaign(person)
    campaign = active_campaign(person, days=-1 if how == "expired" else 90)
    moves = {"rejected": campaign_states.REJECT, "suspended": campaign_states.SUSPEND}
    if how in moves:
        with person.acting():
            make(moves[how], campaign, by=CLEARLINE, at=clock.read().business)
    return campaign


@pytest.mark.parametrize("how", ["waiting", "rejected", "suspended", "expired"])
def test_a_campaign_that_is_not_approved_cannot_have_one_and_a_request_for_it_is_closed_at_once(
    ada: Person, pia: Colleague, how: str
) -> None:
    campaign = spoiled(ada, how)
    numbers = inventory(ada, 3)
    shown = ada.get(page_of(campaign)).content.decode()
    assert "The campaign is not approved" in shown
    assert "<textarea" not in shown
    answer = ada.post(page_of(campaign), {**WHY, "planned": "60", "numbers": ids(numbers)})
    assert answer.status_code == 302
    with ada.acting():
        ticket = Ticket.objects.get()
        assert ticket.status == states.CLOSED
        assert ticket.ended_at == ticket.opened_at
        portals = Message.objects.get(side="portal")
        assert "The campaign is not approved" in portals.text
        (event,) = Event.objects.filter(object_kind="ticket")
        assert event.action == "ticket.refused"
        assert "not approved" in event.detail["note"]
    assert "The campaign is not approved" in ada.get(answer["Location"]).content.decode()
    assert "The queue is empty" in pia.get("/operations/desk/").content.decode()


def test_a_campaign_that_lost_its_approval_meanwhile_cannot_be_granted_one(
    ada: Person, pia: Colleague
) -> None:
    campaign = active_campaign(ada)
    ticket = pool_request(ada, campaign)
    with ada.acting():
        make(campaign_states.SUSPEND, campaign, by=CLEARLINE, at=clock.read().business)
    case = f"/operations/desk/{ticket.pk}"
    shown = pia.get(f"{case}/").content.decode()
    assert "It cannot be approved now." in shown
    assert f"{case}/approval/" not in shown
    assert pia.get(f"{case}/approval/").status_code == 302
    stopped = pia.post(f"{case}/approval/", {"granted": "100", "text": "All carriers agreed"})
    assert stopped.status_code == 409
    assert "All carriers agreed" in stopped.content.decode()
    with ada.acting():
        ticket.refresh_from_db()
        assert ticket.status == states.WAITING
        assert pools.rosters.room_of(campaign).limit == 48


def test_the_request_of_a_campaign_that_is_deleted_is_closed_with_the_reason(ada: Person) -> None:
    campaign = active_campaign(ada)
    ticket = pool_request(ada, campaign)
    with ada.acting():
        pools.let_go(campaign, "campaign-deleted", clock.read().business)
        ticket.refresh_from_db()
        assert ticket.status == states.CLOSED
        assert Message.objects.filter(side="portal").get().text == "The campaign was deleted."


def test_a_sole_proprietors_campaign_can_have_no_pool(ada: Person) -> None:
    campaign = active_campaign(ada, use_case="SOLE_PROPRIETOR", sub_use_cases=[])
    assert "sole proprietor takes 1 number" in ada.get(page_of(campaign)).content.decode()


def test_one_open_request_for_a_campaign_is_enough(ada: Person) -> None:
    campaign = active_campaign(ada)
    numbers = inventory(ada, 3)
    ticket = pool_request(ada, campaign)
    for answer in (
        ada.get(page_of(campaign)),
        ada.post(page_of(campaign), {**WHY, "planned": "60", "numbers": ids(numbers)}),
    ):
        assert answer["Location"] == f"/support/{ticket.pk}/"
    with ada.acting():
        assert Ticket.objects.count() == 1
        assert PoolRequest.objects.count() == 1


def test_the_same_form_sent_twice_makes_one_request(ada: Person) -> None:
    campaign = active_campaign(ada)
    given = {**WHY, "planned": "60", "numbers": ids(inventory(ada, 3)), "token": str(uuid4())}
    assert len({ada.post(page_of(campaign), given)["Location"] for _each in range(2)}) == 1
    with ada.acting():
        assert Ticket.objects.count() == 1
        assert Event.objects.filter(object_kind="ticket").count() == 1
