"""New keys for tax ids: seal anew, drop the old key, and everything still opens."""

from __future__ import annotations

import io
import secrets
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from brands.models import Brand
from brands.tax_identity import TaxIdentity
from portal.lib.sealing import CannotOpen
from portal.management.commands import rotate_tax_ids
from tests.factories import brand_draft
from tests.people import Person

pytestmark = pytest.mark.django_db


def rotate(**options: Any) -> str:
    out = io.StringIO()
    call_command("rotate_tax_ids", stdout=out, **options)
    return out.getvalue().strip()


def opened(person: Person) -> list[str]:
    with person.acting():
        return sorted(row.open() for row in TaxIdentity.objects.all())


@pytest.fixture
def four(ada: Person, cy: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three tax ids of Acme and one of Rival, two to a batch."""
    monkeypatch.setattr(rotate_tax_ids, "BATCH", 2)
    for number in ("91-4730265", "91-4730271", "91-4730272"):
        brand_draft(ada, tax_id=number)
    brand_draft(cy)


@pytest.mark.usefixtures("four")
def test_after_a_rotation_the_old_key_can_be_dropped(ada: Person, cy: Person, settings: Any) -> None:
    new = secrets.token_urlsafe(50)
    settings.TAX_ID_KEYS = [new, *settings.TAX_ID_KEYS]
    assert rotate(check=True).startswith("4 tax ids in 2 organizations: 4 to be sealed anew, 0")
    assert rotate().startswith("4 tax ids in 2 organizations: 4 sealed anew, 0 had")
    assert rotate().startswith("4 tax ids in 2 organizations: 0 sealed anew, 4 had")
    settings.TAX_ID_KEYS = [new]
    assert opened(ada) == ["91-4730265", "91-4730271", "91-4730272"]
    assert opened(cy) == ["91-4730265"]


@pytest.mark.usefixtures("four")
def test_a_run_that_was_broken_off_goes_on_where_it_was(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TAX_ID_KEYS = [secrets.token_urlsafe(50), *settings.TAX_ID_KEYS]
    renew, calls = TaxIdentity.renew, []

    def breaks_off(self: TaxIdentity) -> bool:
        calls.append(self)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return renew(self)

    with monkeypatch.context() as patch:
        patch.setattr(TaxIdentity, "renew", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            rotate()
    assert rotate().startswith("4 tax ids in 2 organizations: 2 sealed anew, 2 had")


@pytest.mark.usefixtures("four")
def test_a_new_hash_key_makes_new_fingerprints_and_twins_are_still_found(ada: Person, settings: Any) -> None:
    twin = brand_draft(ada)
    settings.TAX_ID_HASH_KEY = secrets.token_urlsafe(50)
    assert "5 sealed anew" in rotate()
    with ada.acting():
        assert Brand.objects.get(pk=twin.pk).twins().count() == 1


@pytest.mark.usefixtures("four")
def test_without_the_old_key_it_says_what_to_set_and_renews_the_others(ada: Person, settings: Any) -> None:
    old, new = settings.TAX_ID_KEYS, secrets.token_urlsafe(50)
    settings.TAX_ID_KEYS = [new]
    brand_draft(ada, tax_id="91-4730273")
    with pytest.raises(CommandError, match=r"4 cannot be opened: put the key .* into TAX_ID_KEYS"):
        rotate()
    with pytest.raises(CannotOpen):
        opened(ada)
    settings.TAX_ID_KEYS = [new, *old]
    assert "4 sealed anew, 1 had" in rotate()
