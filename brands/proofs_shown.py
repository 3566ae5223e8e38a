"""The panel of a brand that somebody has to prove: the contact's e-mail, or the one-time password."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from brands import confirming, contacting, passwords, states
from brands.confirming import Link, LinkState
from brands.forms_reaching import PasswordForm
from brands.models import Brand
from brands.passwords import Delivery, Password
from brands.waiting import status_of
from portal.clock import Times
from portal.lib.phones import shown as shown_phone
from portal.lifecycle import gateway
from portal.lifecycle.models import OPEN, Submission, SubmissionState, latest
from portal.lifecycle.waiting import Status
from portal.ui.forms import PortalForm
from portal.ui.looks import Text


@dataclass(frozen=True, slots=True)
class Said:
    """A note in the panel: `tone`, `lead` and `text` as `components/note.html`, `quote` in the registry's words."""

    tone: str
    lead: Text
    text: Text = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the panel shows. `mark` changes when the panel must be drawn anew, which would take away what
    somebody is typing; `delivery` may change without that. `is_busy`: an answer is a matter of seconds.
    """

    kind: str
    mark: str
    is_busy: bool
    notes: list[Said]
    announcement: Text = ""
    delivery: Text = ""
    link: Link | None = None
    password: Password | None = None
    # From when on the button works; None when it works now, or when there is none.
    again_at: datetime | None = None
    can_ask: bool = False
    can_change: bool = False
    form: PortalForm | None = None
    zone: str = ""
    phone: str = ""
    days: int = 0

    @property
    def fingerprint(self) -> str:
        """Changes exactly when something in the panel does."""
        return f"{self.mark}|{self.delivery}|{self.can_ask}"


def proof_of(brand: Brand, times: Times, *, form: PortalForm | None = None) -> Proof | None:
    """The panel of `brand`; None when nobody has to prove anything. `form` is one that came back with errors."""
    match brand.status:
        case states.CONFIRM:
            return _confirmation(brand, times)
        case states.PASSWORD:
            return _password(brand, times, form)
    return None


def standing_of(brand: Brand, times: Times, *, form: PortalForm | None = None) -> tuple[Proof | None, Status]:
    """The panel and the status line of `brand` at one moment."""
    proof = proof_of(brand, times, form=form)
    also, busy = (proof.fingerprint, proof.is_busy) if proof else ("", False)
    return proof, status_of(brand, times, also=also, busy=busy)


def _mark(*parts: object) -> str:
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()[:12]


def _is_open(submission: Submission | None) -> bool:
    return submission is not None and submission.state in OPEN


def _quoted(submission: Submission | None) -> str:
    texts = [reason["text"] for reason in submission.reasons if reason["text"]] if submission else []
    return texts[0] if texts else ""


# --- the contact's e-mail


def _confirmation(brand: Brand, times: Times) -> Proof:
    link = confirming.link_of(brand, times)
    mail, contact = latest(brand, confirming.PURPOSE), latest(brand, contacting.PURPOSE)
    newest = max((one for one in (mail, contact) if one), key=lambda one: one.accepted_at, default=None)
    sending, changing = _is_open(mail), _is_open(contact)
    notes = _of_contact(newest) if newest is contact else _of_mail(newest)
    if not sending and not changing:
        notes += _of_link(link)
    again_at = confirming.again_at(brand, times)
    closed = link.state == LinkState.CLOSED
    held = times.business < again_at
    return Proof(
        kind=states.CONFIRM,
        mark=_mark(link.mailed_at, link.state, held, newest and (newest.pk, newest.state)),
        is_busy=sending or changing,
        notes=notes,
        announcement=notes[0].lead if notes else "",
        link=link,
        again_at=again_at if held and not closed and not sending else None,
        can_ask=not (closed or held or sending or changing),
        can_change=contacting.can_change(brand) and not changing,
        zone=localtime(link.until).tzname() or "",
        days=gateway.policy(gateway.default_account()).confirmation_resend.value.days,
    )


def _of_mail(mail: Submission | None) -> list[Said]:
    """How the last wish for another e-mail went."""
    if mail is None:
        return []
    if mail.state in OPEN:
        return [_on_its_way(mail, _("The registry is being asked to send the e-mail again."))]
    if mail.state == SubmissionState.REFUSED:
        lead = _("The registry did not send the e-mail again.")
        return [Said("bad", lead, quote=_quoted(mail))]
    return [Said("ok", _("The e-mail was sent again."), _("The link in it is new; older ones may be dead."))]


def _of_contact(contact: Submission | None) -> list[Said]:
    """How the last change of the address went."""
    if contact is None:
        return []
    if contact.state in OPEN:
        return [_on_its_way(contact, _("The registry is being told the new address."))]
    if contact.state == SubmissionState.REFUSED:
        lead = _("The registry did not take the new address.")
        return [Said("bad", lead, _("The one before still stands."), quote=_quoted(contact))]
    return [Said("ok", _("The registry took the new address."), _("It sends an e-mail there by itself."))]


def _on_its_way(submission: Submission, lead: Text) -> Said:
    if submission.state == SubmissionState.UNKNOWN or submission.failures:
        return Said("late", lead, _("The carrier does not answer at the moment; we keep trying."))
    return Said("wait", lead)


def _of_link(link: Link) -> list[Said]:
    """What has ended."""
    if link.state == LinkState.ENDED:
        text = _(
            "Have the e-mail sent again, and tell the contact person to follow the link in the newest one."
        )
        return [Said("late", _("The link in the e-mail has expired."), text)]
    if link.state == LinkState.CLOSED:
        text = _(
            "The registry sends no more e-mails for this registration. An Authentication+ vetting has to be "
            "ordered, or a new address filed: ask the portal's operator."
        )
        return [Said("bad", _("The time for this e-mail has passed."), text)]
    return []


# --- the one-time password


def _password(brand: Brand, times: Times, form: PortalForm | None) -> Proof:
    password = passwords.password_of(brand, times)
    again_at = passwords.send_again_at(brand, password)
    held = again_at is not None and times.business < again_at
    busy = password.is_being_sent or password.is_being_checked
    notes = _of_check(password) or _of_sending(password)
    # Neither how far the text message is nor whether another may be had: both come while somebody types.
    mark = _mark(
        password.is_being_sent,
        password.is_being_checked,
        password.can_be_entered,
        password.tries_left,
        password.last and password.last.pk,
        password.sending and (password.sending.pk, password.sending.state),
        password.delivery in (Delivery.FAILED, Delivery.EXPIRED),
    )
    return Proof(
        kind=states.PASSWORD,
        mark=mark,
        is_busy=busy or password.delivery in (Delivery.ON_ITS_WAY, Delivery.PROVEN),
        notes=notes,
        announcement=notes[0].lead if notes else "",
        delivery=_delivery(brand, password),
        password=password,
        again_at=again_at if held and not busy else None,
        can_ask=not busy and not held and password.delivery != Delivery.PROVEN,
        phone=shown_phone(brand.mobile_phone),
        form=(form or PasswordForm()) if password.can_be_entered or form else None,
        zone=(localtime(password.until).tzname() or "") if password.until else "",
    )


def tries_left(number: int) -> Text:
    """How many more times digits may be entered."""
    return ngettext_lazy("%(number)d try left.", "%(number)d tries left.", number) % {"number": number}


def _of_check(password: Password) -> list[Said]:
    """How the last digits went."""
    last = password.last
    if last is None or password.is_being_sent:
        return []
    if last.state in OPEN:
        lead = _("The registry is being asked whether the digits are right.")
        return [_on_its_way(last, lead)]
    if last.state != SubmissionState.REFUSED:
        return [Said("ok", _("The digits were right."), _("The registry confirms the brand in a moment."))]
    if password.delivery == Delivery.EXPIRED:
        return [_expired()]
    if password.tries_left == 0:
        lead = _("Too many wrong digits: this password is worthless now.")
        return [Said("bad", lead, _("Have another one sent."), quote=_quoted(last))]
    if passwords.is_unanswered(last):
        lead = _("No answer came to these digits.")
        return [Said("late", lead, _("Wait a moment for the registry, or enter them once more."))]
    lead = _("Those digits were not right.")
    return [Said("bad", lead, tries_left(password.tries_left), quote=_quoted(last))]


def _of_sending(password: Password) -> list[Said]:
    """How the last wish for a password went."""
    sending = password.sending
    if sending is not None and sending.state in OPEN:
        return [_on_its_way(sending, _("The one-time password is being sent."))]
    if sending is not None and sending.state == SubmissionState.REFUSED:
        return [Said("bad", _("The carrier did not send a one-time password."), quote=_quoted(sending))]
    if password.delivery == Delivery.EXPIRED:
        return [_expired()]
    if password.delivery == Delivery.FAILED:
        text = _(
            "Is the phone on, and does it take text messages? Have another one sent. A wrong number cannot be "
            "changed at the registry: delete this brand and register it anew with the right one."
        )
        return [Said("bad", _("The text message could not be delivered."), text)]
    return []


def _expired() -> Said:
    return Said("late", _("The one-time password has expired."), _("Have another one sent."))


def _delivery(brand: Brand, password: Password) -> Text:
    """How far the text message is, in a sentence; the carrier's own word where it says no more."""
    phone = {"phone": shown_phone(brand.mobile_phone), "word": password.word}
    match password.delivery:
        case Delivery.DELIVERED:
            return _("Delivered to %(phone)s") % phone
        case Delivery.FAILED:
            return _("Not delivered to %(phone)s") % phone
        case Delivery.EXPIRED:
            return _("Expired")
        case Delivery.PROVEN:
            return _("The phone is proven")
        case Delivery.ON_ITS_WAY if password.word and password.word != "PENDING":
            return _("Sent to %(phone)s; the carrier's word for it: %(word)s") % phone
        case Delivery.ON_ITS_WAY:
            return _("On its way to %(phone)s") % phone
    return _("None was sent yet")
