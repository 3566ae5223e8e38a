"""The house's audit log of sign-ins: who came in, who failed, what changed about how they prove themselves.

These events belong to no organization. They are written from the signals of Django and allauth, so that
a way in that we do not know yet is recorded too. A password or a code is never part of one.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account import signals as account_signals
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth_signals
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.accounts.addresses import client_address
from portal.accounts.models import User
from portal.audit.recording import Actor, record_house
from portal.audit.sentences import Told, teach

PERSON = "person"

TOLD = {
    "person.signed-in": Told(_("%(actor)s signed in"), "ok", "verified"),
    "person.signed-out": Told(_("%(actor)s signed out"), "mute", "sign-out"),
    "person.sign-in-failed": Told(_("A sign-in as %(actor)s failed"), "late", "warning"),
    "person.sign-in-slowed": Told(
        _("Too many wrong sign-ins as %(actor)s from one address: further ones have to wait"),
        "bad",
        "warning",
    ),
    "person.proof-failed": Told(_("%(actor)s could not prove again that it is them"), "late", "warning"),
    "person.proved-again": Told(_("%(actor)s proved again that it is them"), "ok", "verified"),
    "person.session-expired": Told(_("%(actor)s was signed out when the time was up"), "mute", "expired"),
    "person.session-ended": Told(_("%(actor)s signed out another browser"), "mute", "sign-out"),
    "person.factor-added": Told(_("%(actor)s added a second step to their sign-in"), "ok", "lock"),
    "person.factor-removed": Told(_("%(actor)s removed a second step of their sign-in"), "late", "lock"),
    "person.recovery-codes-made": Told(_("%(actor)s made new recovery codes"), "mute", "refresh"),
    "person.recovery-code-used": Told(_("%(actor)s used a recovery code"), "late", "lock"),
    "person.password-changed": Told(_("%(actor)s changed their password"), "mute", "lock"),
    "person.password-reset": Told(_("%(actor)s chose a new password by a link"), "late", "lock"),
    "person.email-changed": Told(_("%(actor)s changed their e-mail address"), "late", "mail"),
    "person.details-changed": Told(_("%(actor)s changed their name or time zone"), "mute", "person"),
}


def note(request: HttpRequest | None, action: str, user: User, **detail: Any) -> None:
    """Write that `user` did `action`, from the address of `request`."""
    address = client_address(request) if request is not None else None
    record_house(
        action,
        kind=PERSON,
        object_id=user.pk,
        by=Actor(str(user), user.pk, address),
        at=clock.read().business,
        detail=detail,
    )


def note_failure(request: HttpRequest | None, action: str, typed: str, **detail: Any) -> None:
    """Write that somebody could not get in as `typed`. An address that nobody has is masked.

    Tries on one unknown address carry the same number, so that they can be counted together; the number is
    a keyed hash, because what people mistype is at times a password.
    """
    user = User.objects.filter(email=typed.strip().lower()).first()
    name = str(user) if user else masked(typed)
    record_house(
        action,
        kind=PERSON,
        object_id=user.pk if user else UUID(digest(typed)[:32]),
        # Who it was is what we do not know: the name tells as whom, and there is no actor's id.
        by=Actor(name, None, client_address(request) if request is not None else None),
        at=clock.read().business,
        detail={**detail, "known": user is not None},
    )


def digest(typed: str) -> str:
    """64 hexadecimal digits by which equal texts are found without being known, under SECRET_KEY."""
    return salted_hmac("portal.accounts.typed", typed.strip().lower(), algorithm="sha256").hexdigest()


def masked(address: str) -> str:
    """An e-mail address with its first letter and its domain: "a•••@example.com"; without @ three dots."""
    name, at, domain = address.strip().rpartition("@")
    return f"{name[:1]}•••@{domain[:200]}" if at else "•••"


def _signed_in(request: HttpRequest, user: User, **_more: Any) -> None:
    records = get_authentication_records(request, user)
    ways = [one.get("type") or one["method"] for one in records]
    note(request, "person.signed-in", user, ways=list(dict.fromkeys(ways)))


def _signed_out(request: HttpRequest | None, user: User | None, **_more: Any) -> None:
    if user is not None:
        note(request, "person.signed-out", user)


def _password_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_more: Any) -> None:
    signed_in = getattr(request, "user", None)
    if request is not None and isinstance(signed_in, User):
        note(request, "person.proof-failed", signed_in, way="password")
    else:
        note_failure(request, "person.sign-in-failed", str(credentials.get("email") or ""), way="password")


def _code_failed(
    request: HttpRequest,
    user: User,
    authenticator: Authenticator,
    reauthentication: bool = False,
    **_more: Any,
) -> None:
    if reauthentication:
        note(request, "person.proof-failed", user, way=authenticator.type)
    else:
        note_failure(request, "person.sign-in-failed", user.email, way=authenticator.type)


def _proved(request: HttpRequest, user: User, method: str, **more: Any) -> None:
    if more.get("reauthenticated"):
        note(request, "person.proved-again", user, way=more.get("type") or method)


def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        note(request, "person.recovery-codes-made", user)
    else:
        note(request, "person.factor-added", user, way=authenticator.type)


def _factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    note(request, "person.factor-removed", user, way=authenticator.type)


def _factor_used(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        authenticator.refresh_from_db()
        note(request, "person.recovery-code-used", user, left=len(authenticator.wrap().get_unused_codes()))


def _email_changed(
    request: HttpRequest, user: User, from_email_address: Any, to_email_address: Any, **_more: Any
) -> None:
    before = from_email_address.email if from_email_address else ""
    note(request, "person.email-changed", user, before=before, after=to_email_address.email)


def listen() -> None:
    """Connect to the signals, and say how each event is told. Called once, when the app is ready."""
    for action, told in TOLD.items():
        teach(action, told)

    def changed(action: str) -> Any:
        def receive(request: HttpRequest, user: User, **_more: Any) -> None:
            note(request, action, user)

        return receive

    for signal, receiver in (
        (account_signals.user_logged_in, _signed_in),
        (auth_signals.user_logged_out, _signed_out),
        (auth_signals.user_login_failed, _password_failed),
        (account_signals.authentication_step_completed, _proved),
        (account_signals.password_changed, changed("person.password-changed")),
        (account_signals.password_set, changed("person.password-changed")),
        (account_signals.password_reset, changed("person.password-reset")),
        (account_signals.email_changed, _email_changed),
        (mfa_signals.authentication_failed, _code_failed),
        (mfa_signals.authenticator_added, _factor_added),
        (mfa_signals.authenticator_reset, changed("person.recovery-codes-made")),
        (mfa_signals.authenticator_removed, _factor_removed),
        (mfa_signals.authenticator_used, _factor_used),
    ):
        signal.connect(
            receiver, weak=False, dispatch_uid=f"accounts.events.{receiver.__qualname__}.{id(signal)}"
        )
