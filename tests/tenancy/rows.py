"""What the matrix knows of each page: a new page adds its rows here, and nowhere else.

- `PERMISSIONS`: what each address asks for. Written down a second time on purpose, so that a changed
  decorator is a changed table in the same review.
- `HOLES`: what a name in a route is filled with ("brand_id", or "app:name brand_id" for one address only).
- `FORMS`: what a person who may do it posts, where an empty form is no act.
- `OUTSIDE`: addresses that no tenant's row stands behind, each with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from campaigns import states
from portal import clock
from portal.accounts.enrolling import account_for
from portal.audit.recording import CLEARLINE
from portal.lifecycle.models import Submission, SubmissionState
from portal.lifecycle.states import make
from portal.notifications.kinds import ATTENTION
from portal.notifications.models import Notification, Topic
from portal.notifications.notices import publish
from portal.support.deciding import close
from portal.support.models import Attachment
from portal.support.writing import Said, Side
from portal.tenancy.inviting import LIFETIME
from portal.tenancy.models import Invitation, Membership, Role
from portal.tenancy.roles import Act, Duty
from tests.campaigns.answers import REQUIREMENTS
from tests.factories import active_campaign, brand_draft, campaign_draft, submitted_brand, verified_brand
from tests.people import Person
from tests.support.asking import pool_request, question
from tests.tenancy.rows_of_numbers import imports, numbers, orders, with_file

# Stands in everything that the matrix makes for Acme and that a page would show.
CANARY = "Canary Confidential"

# Name or beginning of a name → the reason.
OUTSIDE = {
    "account_": "allauth: a person and their own account",
    "accounts:": "a person and their own account",
    "mfa_": "allauth: a person and their own second factors",
    "usersessions_": "allauth: a person and their own signed-in browsers",
    "notifications:preferences": "a person and their own choices",
    "outbox:": "a practice portal's mails, for whoever sits at the machine; tested in test_outbox",
    "health-": "asked by load balancers; says nothing of anybody",
    "tenancy:mine": "a person and their own memberships",
    "tenancy:choose": "a person's choice among their own memberships; tested with other ids in test_choosing",
    "tenancy:join": "public: the signed link is the permission; tested in test_joining",
    "calendar-feed": "public: the signed address is the permission; tested in test_calendar",
    "webhooks:": "a carrier's signed events: the signature is the permission; tested in test_inbox",
    "checking:": "anybody's own texts: nothing is read of anybody, and nothing is kept",
    "ui:": "colours, and the developers' specimen page",
}

PERMISSIONS: dict[str, Act | Duty] = {
    "overview:home": Act.VIEW,
    "overview:sms-campaigns": Act.VIEW,
    "overview:badges": Act.VIEW,
    "brands:list": Act.VIEW,
    "brands:detail": Act.VIEW,
    "brands:status": Act.VIEW,
    "brands:new": Act.DRAFT,
    "brands:step": Act.DRAFT,
    "brands:findings": Act.DRAFT,
    "brands:check": Act.DRAFT,
    "brands:delete-draft": Act.DRAFT,
    "brands:submission": Act.SUBMIT,
    "brands:discard": Act.DRAFT,
    "brands:review": Act.SUBMIT,
    "brands:versions": Act.VIEW,
    "brands:version": Act.VIEW,
    "brands:export": Act.VIEW,
    "brands:export-one": Act.VIEW,
    "brands:deletion": Act.REMOVE,
    "brands:tax-id": Act.DRAFT,
    "brands:confirmation": Act.SUBMIT,
    "brands:contact": Act.SUBMIT,
    "brands:send-password": Act.SUBMIT,
    "brands:check-password": Act.SUBMIT,
    "campaigns:discard": Act.DRAFT,
    "campaigns:resubmission": Act.SUBMIT,
    "campaigns:appeal": Act.SUBMIT,
    "campaigns:list": Act.VIEW,
    "campaigns:detail": Act.VIEW,
    "campaigns:status": Act.VIEW,
    "campaigns:export": Act.VIEW,
    "campaigns:export-one": Act.VIEW,
    "campaigns:throughput": Act.VIEW,
    "campaigns:guide": Act.VIEW,
    "campaigns:new": Act.DRAFT,
    "campaigns:step": Act.DRAFT,
    "campaigns:findings": Act.DRAFT,
    "campaigns:check": Act.DRAFT,
    "campaigns:delete-draft": Act.DRAFT,
    "campaigns:submission": Act.SUBMIT,
    "campaigns:renewal": Act.SUBMIT,
    "campaigns:calendar": Act.VIEW,
    "campaigns:calendar-address": Act.VIEW,
    "campaigns:clone": Act.DRAFT,
    "campaigns:deletion": Act.REMOVE,
    "campaigns:undo": Act.REMOVE,
    "campaigns:versions": Act.VIEW,
    "campaigns:version": Act.VIEW,
    "numbers:of-campaign": Act.VIEW,
    "numbers:list": Act.VIEW,
    "numbers:badges": Act.VIEW,
    "numbers:selection": Act.REMOVE,
    "numbers:assignment": Act.REMOVE,
    "numbers:removal": Act.REMOVE,
    "numbers:order": Act.VIEW,
    "numbers:again": Act.REMOVE,
    "numbers:undo": Act.REMOVE,
    "numbers:new": Act.SUBMIT,
    "numbers:sync": Act.SUBMIT,
    "numbers:detail": Act.VIEW,
    "numbers:change": Act.SUBMIT,
    "numbers:export": Act.VIEW,
    "numbers:imports": Act.VIEW,
    "numbers:import": Act.VIEW,
    "numbers:import-failures": Act.VIEW,
    "numbers:import-new": Act.SUBMIT,
    "numbers:import-apply": Act.SUBMIT,
    "numbers:import-stop": Act.SUBMIT,
    "numbers:import-assign": Act.REMOVE,
    "numbers:import-order": Act.REMOVE,
    "numbers:pool": Act.SUBMIT,
    "numbers:pool-list": Act.SUBMIT,
    "support:list": Act.VIEW,
    "support:new": Act.SUBMIT,
    "support:ticket": Act.VIEW,
    "support:reply": Act.SUBMIT,
    "support:end": Act.SUBMIT,
    "support:file": Act.VIEW,
    "notifications:list": Act.VIEW,
    "notifications:read": Act.VIEW,
    "notifications:read-one": Act.VIEW,
    "notifications:dismiss": Act.VIEW,
    "tenancy:members": Act.VIEW,
    "tenancy:role": Act.PEOPLE,
    "tenancy:removal": Act.PEOPLE,
    "tenancy:leave": Act.LEAVE,
    "tenancy:invite": Act.PEOPLE,
    "tenancy:mail": Act.PEOPLE,
    "tenancy:withdraw": Act.PEOPLE,
    "tenancy:settings": Act.SETTINGS,
    "tenancy:two-step": Act.SETTINGS,
    "tenancy:audit": Act.AUDIT,
    "tenancy:audit-export": Act.AUDIT,
    "operations:home": Duty.OPERATE,
    "operations:need": Duty.OPERATE,
    "operations:carriers": Duty.OPERATE,
    "operations:pause": Duty.OPERATE,
    "operations:resume": Duty.OPERATE,
    "operations:compare": Duty.OPERATE,
    "operations:organizations": Duty.OPERATE,
    "operations:organization": Duty.OPERATE,
    "operations:log": Duty.OPERATE,
    "operations:new": Duty.OPERATE,
    "operations:owner": Duty.OPERATE,
    "operations:suspension": Duty.OPERATE,
    "operations:resumption": Duty.OPERATE,
    "operations:visit": Duty.OPERATE,
    "operations:settlement": Duty.OPERATE,
    "operations:leave": Duty.OPERATE,
    "operations:notices": Duty.OPERATE,
    "operations:notice-new": Duty.OPERATE,
    "operations:notice-withdrawal": Duty.OPERATE,
    "operations:house": Duty.OPERATE,
    "operations:staff": Duty.OPERATE,
    "operations:desk": Duty.DESK,
    "operations:desk-ticket": Duty.DESK,
    "operations:desk-message": Duty.DESK,
    "operations:desk-note": Duty.DESK,
    "operations:desk-approval": Duty.DESK,
    "operations:desk-rejection": Duty.DESK,
    "operations:desk-closing": Duty.DESK,
    "operations:desk-file": Duty.DESK,
}


@dataclass(frozen=True)
class Row:
    """The hole names a row. `make` makes it for a person's organization, with the word in what pages show of it,
    and returns its ids; several where states differ. `house`: it is the operator's own, no tenant's."""

    make: Callable[[Person, str], list[object]]
    house: bool = False


@dataclass(frozen=True)
class Word:
    """The hole names a step or a format; no row stands behind it."""

    value: str


def _brands(person: Person, word: str) -> list[object]:
    return [brand_draft(person, display_name=word).pk, submitted_brand(person, display_name=word).pk]


def _campaigns(person: Person, word: str) -> list[object]:
    """A draft, one that came back, and one that has expired."""
    brand = verified_brand(person)
    rejected = active_campaign(person, brand, name=word)
    with person.acting():
        make(states.REJECT, rejected, by=CLEARLINE, at=clock.read().business)
    expired = active_campaign(person, brand, name=word, days=-1)
    return [campaign_draft(person, brand, name=word).pk, rejected.pk, expired.pk]


def _active(person: Person, word: str) -> list[object]:
    """One that carries messages, and does not renew by itself."""
    return [active_campaign(person, verified_brand(person), name=word).pk]


def _ticket(person: Person, word: str) -> list[object]:
    """A question with a file, and one that has ended."""
    first, second = (question(person, word) for _each in range(2))
    with person.acting():
        close(second, Said(word), side=Side.CUSTOMER, by=person.actor, times=clock.read())
    return [first.pk, second.pk]


def _request(person: Person, word: str) -> list[object]:
    """A request that can be decided."""
    return [pool_request(person, active_campaign(person, verified_brand(person), name=word)).pk]


def _file(person: Person, word: str) -> list[object]:
    """The files of the questions that the hole before it was filled with."""
    with person.acting():
        newest = list(Attachment.objects.order_by("-ticket__opened_at").values_list("pk", flat=True)[:2])
    return newest[::-1] or [uuid4()]


def _member(person: Person, word: str) -> list[object]:
    user, _ = account_for(f"{uuid4().hex}@example.test", name=word)
    with person.acting():
        Membership.objects.create(organization=person.organization, user=user, role=Role.VIEWER)
    return [user.pk]


def _invitation(person: Person, word: str) -> list[object]:
    now = clock.read().business
    with person.acting():
        asked = Invitation.objects.create(
            organization=person.organization,
            email=f"{uuid4().hex}@example.test",
            role=Role.VIEWER,
            invited_by=person.user.pk,
            invited_by_name=word,
            created_at=now,
            expires_at=now + LIFETIME,
        )
    return [asked.pk]


def _notification(person: Person, word: str) -> list[object]:
    now = clock.read().business
    with person.acting():
        told = Notification.objects.create(
            organization=person.organization,
            user=person.user,
            kind=ATTENTION,
            object_kind="brand",
            object_id=uuid4(),
            object_name=word,
            state="rejected",
            since=now,
            at=now,
        )
    return [told.pk]


def _notice(person: Person, word: str) -> list[object]:
    now = clock.read().business
    notice = publish(
        scope=Topic.EVERYTHING,
        text=word,
        starts_at=now,
        ends_at=now + timedelta(days=1),
        by=CLEARLINE,
        at=now,
        organization_id=person.organization.pk,
    )
    return [notice.pk]


def _parked(person: Person, word: str) -> list[object]:
    """A write whose outcome only a person can find out."""
    brand = submitted_brand(person, display_name=word)
    with person.acting():
        rows = Submission.objects.filter(subject_id=brand.pk)
        rows.update(state=SubmissionState.PARKED)
        return list(rows.values_list("pk", flat=True))


HOLES: dict[str, Row | Word] = {
    "notification_id": Row(_notification),
    "notice_id": Row(_notice),
    "user_id": Row(_member),
    "invitation_id": Row(_invitation),
    "number_id": Row(numbers),
    "order_id": Row(orders("assign")),
    "numbers:undo order_id": Row(orders("unassign")),
    "import_id": Row(imports(assigns=False)),
    "numbers:import-order import_id": Row(imports(assigns=True)),
    "ticket_id": Row(_ticket),
    "file_id": Row(_file),
    "brand_id": Row(_brands),
    "campaign_id": Row(_campaigns),
    "brands:step slug": Word("company"),
    "brands:findings slug": Word("company"),
    "brands:version number": Word("1"),
    "campaigns:step slug": Word("details"),
    "campaigns:findings slug": Word("details"),
    "campaigns:version number": Word("1"),
    "campaigns:guide slug": Word("glossary"),
    "campaigns:renewal campaign_id": Row(_active),
    "organization_id": Row(lambda person, _word: [person.organization.pk], house=True),
    "operations:need slug": Word("owners"),
    "operations:pause account": Word("telnyx"),
    "operations:resume account": Word("telnyx"),
    "operations:compare account": Word("telnyx"),
    "operations:settlement submission_id": Row(_parked, house=True),
    "operations:notice-withdrawal notice_id": Row(_notice, house=True),
    **{
        f"operations:desk-{page} ticket_id": Row(_ticket, house=True)
        for page in ("ticket", "message", "note", "closing", "file")
    },
    "operations:desk-approval ticket_id": Row(_request, house=True),
    "operations:desk-rejection ticket_id": Row(_request, house=True),
    "operations:desk-file file_id": Row(_file, house=True),
}

# Name of the address → the fields; a callable is given the person. Ids of own rows are found in the path.
FORMS: dict[str, Mapping[str, Any] | Callable[[Person], Mapping[str, Any]]] = {
    "brands:new": {"accept": "on"},
    # The first step: the brand where there are several, else the requirements.
    "campaigns:renewal": {"renews": "on"},
    "campaigns:calendar-address": {"act": "make"},
    "campaigns:new": lambda person: REQUIREMENTS | {"brand": str(verified_brand(person).pk)},
    "numbers:selection": {"act": "none"},
    "numbers:assignment": lambda _person: {"token": str(uuid4()), "expected": "0"},
    "numbers:again": lambda _person: {"token": str(uuid4())},
    "numbers:new": {"numbers": "+1 206 555 0199"},
    "numbers:import-new": with_file,
    "numbers:import-assign": lambda person: (
        with_file(person) | {"campaign": str(active_campaign(person, verified_brand(person)).pk)}
    ),
    "numbers:import-order": lambda _person: {"token": str(uuid4()), "expected": "0"},
    "numbers:pool": {"planned": "60", "reason": "agents", "text": "Every dentist has one."},
    "support:new": {"subject": "A question", "text": "How long does it take?"},
    "operations:desk-message": {"text": "We have asked the carrier.", "act": "answer"},
    "operations:desk-note": {"note": "Asked the carrier."},
    "operations:desk-approval": {"granted": "200"},
    "operations:desk-rejection": {"text": "One brand per campaign."},
    "support:reply": {"text": "We still wait for an answer."},
    "tenancy:invite": lambda _person: {"email": f"{uuid4().hex}@example.test", "role": Role.VIEWER},
    "tenancy:role": {"role": Role.SUBMITTER},
    "tenancy:settings": {"name": "Acme", "time_zone": "America/Chicago"},
    "tenancy:two-step": {"required": "yes"},
    "tenancy:audit-export": {"format": "csv"},
    "operations:settlement": {"found": "nowhere"},
}

# Pages that every member may open and that write all the same: a person's own things. Name → the reason.
OWN_WRITES: dict[str, str] = {
    "campaigns:calendar-address": "a person's own address of the calendar",
    "notifications:read": "a person's own marks on what they were told",
    "notifications:read-one": "a person's own marks on what they were told",
    "notifications:dismiss": "a person puts away what they have read",
}


def filling(name: str, hole: str) -> Row | Word | None:
    """What `hole` of the address `name` is filled with; None: nobody said it yet."""
    return HOLES.get(f"{name} {hole}", HOLES.get(hole))


def form_of(name: str, person: Person) -> dict[str, Any]:
    """What `person` posts to the address `name`."""
    fields = FORMS.get(name, {})
    return dict(fields(person) if callable(fields) else fields)


def outside(name: str) -> bool:
    """Is this address no tenant's and no operator's?"""
    return name.startswith(tuple(OUTSIDE))
