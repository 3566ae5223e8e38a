"""Notices of the operator: said on the pages of their topic for a while, read by everybody or by one organization."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.audit.recording import Actor, record, record_house
from portal.notifications.models import Dismissal, Notice, Topic
from portal.tenancy.scope import acting_for, as_person

PUBLISHED = "notice.published"
WITHDRAWN = "notice.withdrawn"

# On which pages a topic is shown: names of views, or whole namespaces. The start page shows all of them.
PLACES: dict[str, frozenset[str]] = {
    Topic.BRANDS: frozenset({"brands", "overview:sms-campaigns"}),
    Topic.CAMPAIGN_APPROVALS: frozenset({"campaigns", "overview:sms-campaigns"}),
    Topic.NUMBER_POOLS: frozenset({"numbers", "support"}),
    Topic.TOLL_FREE: frozenset({"tollfree"}),
}
START_PAGE = "overview:home"


class BadNotice(ValueError):
    """What was to be published makes no sense; the message says why."""


def publish(
    *,
    scope: str,
    text: str,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    at: datetime,
    link: str = "",
    link_words: str = "",
    organization_id: UUID | None = None,
) -> Notice:
    """Show `text` on the pages of topic `scope` from `starts_at` to `ends_at`, with its event in one transaction.

    All times are business time. To everybody, or to `organization_id`. `link` is an https address. Raises BadNotice.
    """
    parts = urlsplit(link)
    if scope not in Topic.values:
        raise BadNotice(f"{scope!r} is not a topic")
    if link and (parts.scheme != "https" or not parts.hostname):
        raise BadNotice("the link must begin with https://")
    if ends_at <= starts_at:
        raise BadNotice("it must end after it starts")
    if not text.strip():
        raise BadNotice("it says nothing")
    notice = Notice(
        organization_id=organization_id,
        scope=scope,
        text=text,
        link=link,
        link_words=link_words,
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=at,
        created_by=by.user_id,
        created_by_name=by.name,
    )
    _write(notice, PUBLISHED, by=by, at=at)
    return notice


def withdraw(notice: Notice, *, by: Actor, at: datetime) -> None:
    """Take it off all pages at once. Doing it again changes nothing and records nothing."""
    if notice.withdrawn_at is None:
        notice.withdrawn_at = at
        _write(notice, WITHDRAWN, by=by, at=at)


def _write(notice: Notice, action: str, *, by: Actor, at: datetime) -> None:
    """Save it and record it: where it belongs to one organization, in its scope and its log."""
    detail = {"topic": notice.scope, "text": notice.text}
    if notice.organization_id is None:
        with transaction.atomic():
            notice.save()
            record_house(action, kind=notice.kind, object_id=notice.pk, by=by, at=at, detail=detail)
        return
    with acting_for(notice.organization_id, by=by):
        notice.save()
        record(action, notice, by=by, at=at, detail=detail)  # type: ignore[arg-type]


def in_force(now: datetime, topics: Iterable[str], *, user_id: UUID) -> QuerySet[Notice]:
    """The notices of `topics`, and those about everything, that stand `now` and that this person has not put away.

    The database's policies say whose: those of the scope's organization, and those for everybody.
    """
    put_away = Dismissal.objects.filter(notice=OuterRef("pk"), user_id=user_id)
    standing = Q(starts_at__lte=now, ends_at__gt=now, withdrawn_at=None)
    rows = Notice.objects.filter(standing, scope__in={Topic.EVERYTHING, *topics})
    return rows.exclude(Exists(put_away)).order_by("-starts_at", "pk")


def topics_of(names: Iterable[str]) -> set[str]:
    """The topics of a page that is known by `names`: its view and the namespaces around it."""
    here = set(names)
    return {topic for topic, places in PLACES.items() if START_PAGE in here or here & places}


def dismiss(notice: Notice, *, user_id: UUID, at: datetime) -> None:
    """This person has read it and sees it no more; again: nothing changes."""
    with as_person(user_id):
        Dismissal.objects.get_or_create(notice=notice, user_id=user_id, defaults={"at": at})
