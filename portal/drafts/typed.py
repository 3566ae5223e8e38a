"""Keeping what was typed: the text that is not saved yet, and earlier answers that were overwritten or put aside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import models, transaction

from portal.audit.recording import Actor
from portal.drafts.models import Typed

# Characters of one step's answers that are kept: more is no answer to a question of ours.
MOST = 50_000
# Earlier answers of one step that are kept; the oldest go first.
EARLIER = 10


class Draft(Protocol):
    """What is being filled in. Text from before `since`, when its status last changed, belongs to another time."""

    kind: str
    since: datetime

    @property
    def pk(self) -> Any:
        """Its id."""

    @property
    def organization_id(self) -> UUID:
        """Whose it is."""


@dataclass(frozen=True, slots=True)
class Place:
    """One person at one step of one draft."""

    draft: Draft
    slug: str
    by: Actor

    @property
    def scope(self) -> str:
        """Names draft and step, not the person."""
        return f"{self.draft.kind}/{self.draft.pk}/{self.slug}"

    def keep(self, answers: Mapping[str, Any], opened_from: str, *, at: datetime) -> Typed | None:
        """Keep unsaved `answers` in place of the ones before; None when they are too long to be kept."""
        if self.by.user_id is None or len(json.dumps(answers, default=str)) > MOST:
            return None
        kept: Typed
        kept, _made = Typed.objects.update_or_create(
            **self._mine(),
            create_defaults=self._new(answers, opened_from, at, Typed.OPEN),
            defaults={"answers": answers, "opened_from": opened_from, "at": at},
        )
        return kept

    def unsaved(self) -> Typed | None:
        """What this person typed here and has not saved."""
        if self.by.user_id is None:
            return None
        return self._of_step().filter(person=self.by.user_id, state=Typed.OPEN).first()

    def drop(self) -> None:
        """There is nothing unsaved any more."""
        Typed.objects.filter(**self._mine()).delete()

    def put_aside(self) -> None:
        """What is not saved is no longer offered first, and stays among the earlier answers."""
        Typed.objects.filter(**self._mine()).update(state=Typed.ASIDE)
        self._prune()

    def saved(self, answers: Mapping[str, Any], *, at: datetime) -> None:
        """`answers` are in the draft now: remember whose they are, so that the next ones overwrite nothing."""
        with transaction.atomic():
            self.drop()
            last = self.last_saved()
            if self.by.user_id is None or (last is not None and last.answers == answers):
                return
            if len(json.dumps(answers, default=str)) <= MOST:
                Typed.objects.create(**self._new(answers, "", at, Typed.SAVED))
            self._prune()

    def last_saved(self) -> Typed | None:
        """Whose answers the draft holds at this step, if they were saved here."""
        return self._of_step().filter(state=Typed.SAVED).order_by("-at", "-pk").first()

    def earlier(self) -> list[Typed]:
        """What this step said before, and what this person put aside; newest first."""
        mine = models.Q(state=Typed.ASIDE, person=self.by.user_id)
        rows = self._of_step().filter(models.Q(state=Typed.SAVED) | mine)
        return list(rows.order_by("-at", "-pk")[:EARLIER])

    def _of_step(self) -> models.QuerySet[Typed]:
        rows: models.QuerySet[Typed] = _of(self.draft).filter(slug=self.slug, at__gte=self.draft.since)
        return rows

    def _mine(self) -> dict[str, Any]:
        return {
            "kind": self.draft.kind,
            "subject_id": self.draft.pk,
            "slug": self.slug,
            "person": self.by.user_id,
            "state": Typed.OPEN,
        }

    def _new(self, answers: Mapping[str, Any], opened_from: str, at: datetime, state: str) -> dict[str, Any]:
        return self._mine() | {
            "organization_id": self.draft.organization_id,
            "person_name": self.by.name,
            "at": at,
            "state": state,
            "answers": answers,
            "opened_from": opened_from,
        }

    def _prune(self) -> None:
        rows = _of(self.draft).filter(slug=self.slug).exclude(state=Typed.OPEN)
        old = rows.order_by("-at", "-pk").values_list("pk", flat=True)[EARLIER:]
        Typed.objects.filter(pk__in=list(old)).delete()


def unsaved_steps(draft: Draft, by: Actor) -> list[str]:
    """The steps of `draft` at which this person typed something that is not saved."""
    if by.user_id is None:
        return []
    rows = _of(draft).filter(person=by.user_id, state=Typed.OPEN, at__gte=draft.since)
    return list(rows.values_list("slug", flat=True))


def forget(draft: Draft) -> None:
    """The draft was submitted or deleted: nothing of it is kept beside it."""
    _of(draft).delete()


def _of(draft: Draft) -> models.QuerySet[Typed]:
    rows: models.QuerySet[Typed] = Typed.objects.filter(kind=draft.kind, subject_id=draft.pk)
    return rows
