"""Many writes at once: thousands of submissions in one statement, each the same row as `models.accept` makes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import Combinable

from portal.lifecycle.models import OPEN, Due, Submission, SubmissionState

# One statement, so that no submission can be without its due row. What is asked for is selected, not fetched.
_ACCEPT = """
    WITH subject (organization_id, id, payload) AS MATERIALIZED ({subjects}),
    written AS (
        INSERT INTO lifecycle_submission (
            id, organization_id, kind, subject_id, purpose, version, account, key, payload, state, attempt, failures,
            searches, reference, answer, reasons, last_error)
        SELECT gen_random_uuid(), subject.organization_id, %s, subject.id, %s, 1, %s, gen_random_uuid(),
               subject.payload, %s, 0, 0, 0, '', '{{}}', '[]', ''
          FROM subject
     RETURNING id, organization_id, account, key)
    INSERT INTO lifecycle_due (item, organization_id, account, kind, due_at, attempt, background, key)
    SELECT id, organization_id, account, %s, %s, 0, %s, key FROM written
"""


def accept_many(
    subjects: QuerySet[Any],
    *,
    kind: str,
    purpose: str,
    account: str,
    payload: Combinable,
    machine_now: datetime,
    background: bool = False,
    due_at: datetime | None = None,
) -> int:
    """Write down what is about to be asked for about each of `subjects`, rows of one tenant and of `kind`; how many.

    `payload` is an expression over a row of `subjects` that gives JSON. The others as in `models.accept`: part of the
    caller's transaction, and IntegrityError when one has an open submission of this purpose.
    """
    try:
        chosen = subjects.values_list("organization_id", "pk", payload)
        selected, values = chosen.query.sql_with_params()
    except EmptyResultSet:
        return 0
    written = [kind, purpose, account, SubmissionState.ACCEPTED]
    with connection.cursor() as cursor:
        cursor.execute(
            _ACCEPT.format(subjects=selected),
            [*values, *written, Due.SUBMISSION, due_at or machine_now, background],
        )
        return int(cursor.rowcount)


def withdraw_many(submissions: QuerySet[Submission], *, machine_now: datetime) -> set[Any]:
    """Take back those of `submissions` that were never sent; the ids of their subjects.

    Part of the caller's transaction. As `models.withdraw`: what somebody has begun to send stays.
    """
    # In one order, so that two who take back the same ones wait for each other and do not lock each other out.
    never_sent = (
        submissions.filter(state=SubmissionState.ACCEPTED, sent_at=None, searched_at=None)
        .select_for_update()
        .order_by("pk")
    )
    rows = dict(never_sent.values_list("pk", "subject_id"))
    Submission.objects.filter(pk__in=rows).update(state=SubmissionState.WITHDRAWN, ended_at=machine_now)
    Due.objects.filter(item__in=rows).delete()
    return set(rows.values())


def under_way(kind: str, subject: Any) -> QuerySet[Submission]:
    """The open writes about `subject` (an id, or an OuterRef of one)."""
    rows: QuerySet[Submission] = Submission.objects.filter(kind=kind, subject_id=subject, state__in=OPEN)
    return rows
