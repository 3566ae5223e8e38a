"""What happens to a brand: filed, decided by hand, silenced. Every change of a brand stands here.

Each function locks the brand, changes it and writes a line into its history. `moment` is the
reading of the clocks that the whole request shares.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from portal.practice import proofs, tax_ids
from portal.practice.clock import Moment
from portal.practice.models import Account, Brand
from portal.practice.verdicts import decide
from portal.practice.webhooks.bell import BELL

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Odd and not a multiple of three, so that multiplying shuffles 36**6 ids without a collision.
_SHUFFLE = 1_234_567_891


class TooLate(Exception):
    """The brand already has its verdict, so this makes no sense any more; the text is for a person."""


def file_brand(
    account: Account,
    filed: dict[str, Any],
    *,
    key: str,
    moment: Moment,
    late: timedelta | None = None,
) -> Brand:
    """Take a brand in. Two calls make two brands, whatever they say: the vendor knows no idempotency here.

    With `late` it exists, but nobody sees it before that much machine time has passed.
    """
    number = next_number("practice_brand")
    brand_id = made_id(moment.seed, "brand", number)
    verdict = decide(filed, brand_id=brand_id, at=moment.business)
    brand: Brand = Brand.objects.create(
        number=number,
        id=brand_id,
        tcr_id=registry_id(number),
        account=account,
        filed=tax_ids.kept(filed),
        key=key,
        filed_at=moment.business,
        appears_at=None if late is None else moment.machine + late,
        due_at=verdict.due_at,
        outcome=verdict.outcome,
        reasons=verdict.reasons,
        failure=verdict.failure,
        word=verdict.word,
        rule=verdict.rule,
        silent_since=moment.business if verdict.silent else None,
        suspended_at=verdict.suspended_at,
        deleted_at=verdict.deleted_at,
    )
    proofs.ask_contact(brand, filed, verdict.due_at, seed=moment.seed)
    return brand


def next_number(table: str) -> int:
    """The number of the next row. Taken before the row is made, because its id comes from it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'number'))", [table])
        number: int = cursor.fetchall()[0][0]
    return number


def made_id(seed: int, kind: str, number: int) -> uuid.UUID:
    """The public id of the row with this number: looks random, and is the same for the same seed."""
    return uuid.UUID(bytes=hashlib.sha256(f"{seed} {kind} {number}".encode()).digest()[:16], version=4)


def registry_id(number: int, letter: str = "B") -> str:
    """The registry's own id of the row with this number: a letter and six upper-case letters or digits."""
    value, text = number * _SHUFFLE % 36**6, ""
    for _place in range(6):
        value, digit = divmod(value, 36)
        text = _DIGITS[digit] + text
    return f"{letter}{text}"


def verify(brand_id: uuid.UUID, moment: Moment, *, vetted: bool = False) -> Brand:
    """Approve a brand: VERIFIED, or VETTED_VERIFIED. Raises Brand.DoesNotExist."""
    outcome = Brand.Outcome.VETTED if vetted else Brand.Outcome.VERIFIED
    return _give(brand_id, moment, outcome=outcome)


def reject(brand_id: uuid.UUID, moment: Moment, *, reasons: list[dict[str, Any]]) -> Brand:
    """Leave a brand UNVERIFIED for `reasons`, in the vendor's form. Raises Brand.DoesNotExist."""
    detail = ", ".join(str(reason["id"]) for reason in reasons)
    return _give(brand_id, moment, outcome=Brand.Outcome.UNVERIFIED, reasons=reasons, detail=detail)


def fail(brand_id: uuid.UUID, moment: Moment, *, text: str) -> Brand:
    """Let the registration of a brand fail, with the registry's text. Raises Brand.DoesNotExist."""
    return _give(brand_id, moment, outcome=Brand.Outcome.FAILED, failure=text)


def say(brand_id: uuid.UUID, moment: Moment, *, word: str) -> Brand:
    """Answer a status word of one's own, outside the vendor's list. Raises Brand.DoesNotExist."""
    return _give(brand_id, moment, outcome=Brand.Outcome.ODD, word=word, detail=word)


def suspend(brand_id: uuid.UUID, moment: Moment) -> Brand:
    """Suspend a brand; the next verdict by hand ends it. Raises Brand.DoesNotExist."""
    return _mark(brand_id, moment, act="suspended", suspended_at=moment.business)


def remove(brand_id: uuid.UUID, moment: Moment) -> Brand:
    """Delete a brand at the registry, without the account's doing. Raises Brand.DoesNotExist."""
    return _mark(brand_id, moment, act="deleted", deleted_at=moment.business)


def confirm_contact(brand_id: uuid.UUID, moment: Moment) -> Brand:
    """Click the link in the e-mail to the brand's contact. Raises Brand.DoesNotExist, proofs.Unfit."""
    proofs.confirm(Brand.objects.get(id=brand_id), moment)
    return _read(brand_id, moment)


def reopen(brand_id: uuid.UUID, moment: Moment) -> Brand:
    """Put a brand back to waiting, as no registry should: `let_speak` or a verdict ends it.

    Raises Brand.DoesNotExist.
    """
    return _mark(
        brand_id,
        moment,
        act="reopened",
        by_hand=False,
        due_at=moment.business,
        silent_since=moment.business,
        suspended_at=None,
    )


def silence(brand_id: uuid.UUID, moment: Moment) -> Brand:
    """Hold a brand's verdict back until `let_speak`. Raises Brand.DoesNotExist, TooLate."""
    with transaction.atomic():
        brand = _locked(brand_id, moment)
        if not brand.is_pending:
            raise TooLate(_("This brand already has its verdict: there is nothing to be silent about."))
        if brand.silent_since is None:
            brand.silent_since = moment.business
            _write(brand, moment, act="silenced")
            brand.save(update_fields=["silent_since", "history"])
    return _read(brand_id, moment)


def let_speak(brand_id: uuid.UUID, moment: Moment) -> Brand:
    """End a brand's silence; a verdict that came due meanwhile is heard now. Raises Brand.DoesNotExist."""
    with transaction.atomic():
        brand = _locked(brand_id, moment)
        if brand.silent_since is not None:
            brand.due_at = max(brand.due_at, moment.business) if brand.is_pending else brand.due_at
            brand.silent_since = None
            _write(brand, moment, act="resumed")
            brand.save(update_fields=["silent_since", "due_at", "history"])
    return _read(brand_id, moment)


def _give(
    brand_id: uuid.UUID,
    moment: Moment,
    *,
    outcome: Brand.Outcome,
    reasons: list[dict[str, Any]] | None = None,
    failure: str = "",
    word: str = "",
    detail: str = "",
) -> Brand:
    with transaction.atomic():
        brand = _locked(brand_id, moment)
        if not brand.is_pending and not brand.by_hand:
            brand.history.append({"at": brand.due_at.isoformat(), "act": brand.outcome, "detail": brand.rule})
        # A person may quote the tax id, as registries do.
        brand.reasons, brand.failure, brand.word, detail = tax_ids.without(
            [reasons or [], failure, word, detail], brand.filed
        )
        brand.outcome, brand.word = outcome, brand.word[:60]
        brand.due_at, brand.by_hand, brand.silent_since = moment.business, True, None
        brand.suspended_at, brand.announced = None, False
        _write(brand, moment, act=outcome.value, detail=detail)
        brand.save(
            update_fields=[
                "outcome",
                "reasons",
                "failure",
                "word",
                "due_at",
                "by_hand",
                "silent_since",
                "suspended_at",
                "announced",
                "history",
            ]
        )
        transaction.on_commit(BELL.set)
    return _read(brand_id, moment)


def _mark(brand_id: uuid.UUID, moment: Moment, *, act: str, **changes: Any) -> Brand:
    with transaction.atomic():
        brand = _locked(brand_id, moment)
        if not brand.is_pending and not brand.by_hand:
            brand.history.append({"at": brand.due_at.isoformat(), "act": brand.outcome, "detail": brand.rule})
        for name, value in changes.items():
            setattr(brand, name, value)
        brand.announced = False
        _write(brand, moment, act=act)
        brand.save(update_fields=[*changes, "announced", "history"])
        transaction.on_commit(BELL.set)
    return _read(brand_id, moment)


def _locked(brand_id: uuid.UUID, moment: Moment) -> Brand:
    Brand.objects.select_for_update().get(id=brand_id)
    return _read(brand_id, moment)


def _read(brand_id: uuid.UUID, moment: Moment) -> Brand:
    return Brand.objects.as_of(moment).select_related("account").get(id=brand_id)


def _write(brand: Brand, moment: Moment, *, act: str, detail: str = "") -> None:
    brand.history.append({"at": moment.business.isoformat(), "act": act, "detail": detail, "by_hand": True})
