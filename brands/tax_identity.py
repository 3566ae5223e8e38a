"""The tax id of a company at rest: sealed, masked, and with a token that stands for it everywhere else.

In clear it exists while somebody types it, while the carrier is called, and on the page that shows it
after a fresh sign-in. Rows, payloads, answers, events and logs hold the token.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db import models

from portal.lib.sealing import CannotOpen, Sealer, keyed_hash
from portal.lib.tax_ids import identity, masked
from portal.tenancy.models import TenantModel

TOKEN = "tax-id:"  # noqa: S105  the beginning of what stands for a secret
PURPOSE = "tax id"


def sealer() -> Sealer:
    """The sealer with the keys of the settings."""
    return _sealer(tuple(settings.TAX_ID_KEYS))


@lru_cache(maxsize=4)
def _sealer(keys: Sequence[str]) -> Sealer:
    return Sealer(keys, purpose=PURPOSE)


class TaxIdentity(TenantModel):
    """One tax id as somebody entered it. Its value never changes: another value is another row, so the
    token in a frozen payload means for ever what was submitted.

    A table of its own and no columns of the brand: lists and exports of brands cannot carry it along, the
    desk is let at the fingerprint and at nothing else, and earlier submissions keep theirs.
    """

    country = models.CharField(max_length=2)
    # The id of the row is sealed along, so that a sealed text opens in its own row only.
    sealed = models.TextField()
    masked = models.CharField(max_length=20)
    # Equal for equal tax ids, also across organizations; tells nothing without TAX_ID_HASH_KEY.
    fingerprint = models.CharField(max_length=64)

    class Meta:
        # Who else uses this one: inside the organization, and for the desk across all of them.
        indexes = [models.Index(fields=["fingerprint", "organization"], name="tax_id_twins")]

    def __str__(self) -> str:
        return self.masked

    @classmethod
    def keep(cls, organization_id: UUID, tax_id: str, country: str) -> TaxIdentity:
        """Seal and store `tax_id`, in the form in which it is filed."""
        row = cls(organization_id=organization_id, country=country, masked=masked(tax_id))
        row.sealed = sealer().seal(f"{row.pk} {tax_id}")
        row.fingerprint = fingerprint(tax_id, country)
        row.save(force_insert=True)
        return row

    @classmethod
    def among(cls, tokens: Iterable[str | None], tax_id: str, country: str) -> TaxIdentity | None:
        """The row behind one of `tokens` that holds exactly this tax id, if there is one."""
        ids = [token.removeprefix(TOKEN) for token in tokens if token]
        row: TaxIdentity
        for row in cls.objects.filter(pk__in=ids, country=country):
            with suppress(CannotOpen):
                if row.open() == tax_id:
                    return row
        return None

    @property
    def token(self) -> str:
        """What stands for it wherever something is kept, sent or said."""
        return f"{TOKEN}{self.pk}"

    def open(self) -> str:
        """The tax id in clear. Raises CannotOpen when the key is missing or the text is another row's."""
        row, _blank, tax_id = sealer().open(self.sealed).partition(" ")
        if row != str(self.pk):
            raise CannotOpen
        return tax_id

    def is_current(self) -> bool:
        """Is it sealed and hashed with the present keys? Raises CannotOpen."""
        return self.fingerprint == fingerprint(self.open(), self.country) and sealer().is_current(self.sealed)

    def renew(self) -> bool:
        """Seal and hash with the present keys; False when it was so already. Raises CannotOpen."""
        if self.is_current():
            return False
        # Another run that was faster has done the same, or the row is gone: either way nothing is lost.
        rows = TaxIdentity.objects.filter(pk=self.pk, sealed=self.sealed, fingerprint=self.fingerprint)
        hashed = fingerprint(self.open(), self.country)
        return bool(rows.update(sealed=sealer().reseal(self.sealed), fingerprint=hashed))


def fingerprint(tax_id: str, country: str) -> str:
    """The keyed hash of a tax id, the same for every notation of it."""
    return keyed_hash(settings.TAX_ID_HASH_KEY, identity(tax_id, country))
