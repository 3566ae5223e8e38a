"""A new key for second factors: everything is sealed anew, and nobody notices."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.accounts.proving import code, factor_rows, sign_in, signed_in, with_app
from tests.people import enrolled

pytestmark = pytest.mark.django_db

OLD, NEW = "a" * 50, "b" * 50


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("rotate_second_factors", *arguments, stdout=out)
    return out.getvalue().strip()


def test_after_a_rotation_the_former_key_is_not_needed(settings: Any) -> None:
    settings.MFA_KEYS = [OLD]
    ada = enrolled("ada", sign_in=False)
    codes = with_app(ada.user)
    settings.MFA_KEYS = [NEW, OLD]
    before = factor_rows(ada.user)
    assert said("--check") == "2 secrets: 2 to be sealed anew, 0 had the newest key."
    assert factor_rows(ada.user) == before
    assert said() == "2 secrets: 2 sealed anew, 0 had the newest key."
    assert said() == "2 secrets: 0 sealed anew, 2 had the newest key."
    settings.MFA_KEYS = [NEW]
    for typed in (code(), codes[4]):
        client = Client()
        sign_in(client, ada.user.email)
        client.post("/account/two-step/authenticate/", {"code": typed})
        assert signed_in(client)


def test_what_no_key_opens_is_said_and_left_as_it_is(settings: Any) -> None:
    settings.MFA_KEYS = [OLD]
    ada = enrolled("ada", sign_in=False)
    with_app(ada.user)
    settings.MFA_KEYS = [NEW]
    before = factor_rows(ada.user)
    with pytest.raises(CommandError, match="2 cannot be opened"):
        said()
    assert factor_rows(ada.user) == before
