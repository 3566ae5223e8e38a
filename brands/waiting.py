"""The status line of a brand: what is happening, who is waited for, since when, what is usual, what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from brands import states
from brands.models import Brand
from portal.carriers.policy import CarrierPolicy
from portal.clock import Times
from portal.lifecycle import gateway
from portal.lifecycle.waiting import Status, being_read, held_up, refresh_of, sending, trouble_of
from portal.ui.looks import Moment, Text

_NOTHING = _("Nothing is needed from you.")


def status_of(brand: Brand, times: Times, *, also: str = "", busy: bool = False) -> Status:
    """What to say of `brand` at this moment. `also` is what else the page shows, for the fingerprint, and
    `busy` says that an answer to something on it is a matter of seconds."""
    status = _line_of(brand, times)
    seen = f"{brand.mark}|{status.problem}|{status.last_checked}|{also}"
    mark = hashlib.sha256(seen.encode()).hexdigest()[:12]
    return replace(status, fingerprint=mark, refresh=2 if busy else refresh_of(brand.since, times))


def expected_of(brand: Brand) -> list[Moment]:
    """What comes next, for the top of the history."""
    match brand.status:
        case states.SUBMITTING:
            return [Moment(_("The carrier takes the brand"), icon="draft", expected=True)]
        case states.IN_REVIEW:
            return [Moment(_("The registry decides"), icon="draft", note=usual_wait(), expected=True)]
        case states.CONFIRM:
            return [Moment(_("The contact person follows the link"), icon="draft", expected=True)]
        case states.PASSWORD:
            return [Moment(_("The one-time password proves the mobile phone"), icon="draft", expected=True)]
        case states.DELETING:
            return [Moment(_("The registry deletes the brand"), icon="draft", expected=True)]
    return []


def usual_wait() -> Text:
    """How long the registry usually takes and how long it may take, from the carrier's policy."""
    policy = _policy()
    usual, longest = policy.brand_registry_wait.value.at_most, policy.brand_vetting_wait.value.at_most
    words = _("usually within %(minutes)d minutes, at most %(days)d business days (Monday to Friday)")
    return words % {"minutes": usual.total_seconds() // 60, "days": longest.days}


def usual_handling() -> Text:
    """How long the carrier usually takes for what it does by machine."""
    minutes = _policy().brand_registry_wait.value.at_most.total_seconds() // 60
    return _("usually within %(minutes)d minutes") % {"minutes": minutes}


def _usual_confirmation() -> Text:
    hours = _policy().brand_review_wait.value.at_most.total_seconds() // 3600
    return _("once the link is followed, usually verified within %(hours)d hours") % {"hours": hours}


def _policy() -> CarrierPolicy:
    return gateway.policy(gateway.default_account())


def _line_of(brand: Brand, times: Times) -> Status:
    """The words for the brand's status, with what its submission or its watch adds to them."""
    status = _SAYS[brand.status]()
    if brand.is_draft:
        return status
    status = replace(status, since=brand.since)
    if brand.status == states.SUBMITTING:
        return sending(status, brand.filing(), times)
    if brand.status == states.DELETED:
        return status
    status = replace(being_read(status, brand.open_watch(), times), word=brand.odd_word)
    return _with_deletion(brand, status, times) if brand.status == states.DELETING else status


def _with_deletion(brand: Brand, status: Status, times: Times) -> Status:
    """It is still read meanwhile; but what holds up the deletion is what the person waits for."""
    submission = brand.latest_submission()
    if submission is None:
        return replace(status, problem="")
    trouble = trouble_of(submission)
    held = held_up(submission.account, times, sending=True)
    return replace(status, problem=held or (trouble[1] if trouble else ""))


_SAYS: dict[str, Callable[[], Status]] = {
    states.DRAFT: lambda: Status(_("Nothing has been sent yet."), to_do=_("Finish the draft and submit it.")),
    states.SUBMITTING: lambda: Status(
        _("Being sent to the carrier."), whom=_("the carrier"), usual=usual_handling(), to_do=_NOTHING
    ),
    states.IN_REVIEW: lambda: Status(
        _("The registry is checking the company's data."),
        whom=_("the registry"),
        usual=usual_wait(),
        to_do=_NOTHING,
    ),
    states.CONFIRM: lambda: Status(
        _("The registry wants to hear from the contact person."),
        whom=_("the contact person"),
        usual=_usual_confirmation(),
        to_do=_("They have to follow the link in the registry's e-mail. Nobody else can do it for them."),
    ),
    states.PASSWORD: lambda: Status(
        _("The registry wants proof of the mobile phone."),
        whom=_("you"),
        usual=usual_handling(),
        to_do=_("Ask for the one-time password, then enter the six digits that arrive on the phone."),
    ),
    states.DELETING: lambda: Status(
        _("The registry is asked to delete this brand."),
        whom=_("the carrier"),
        usual=usual_handling(),
        to_do=_NOTHING,
    ),
    states.VERIFIED: lambda: Status(_("The registry confirmed this brand.")),
    states.REJECTED: lambda: Status(
        _("The registry did not accept this brand."),
        to_do=_("Compare what is named below with the tax office's letter, correct it, and submit it again."),
    ),
    states.SUSPENDED: lambda: Status(
        _("The registry suspended this brand."),
        whom=_("the registry"),
        usual=_("no usual time: only the registry can lift it"),
        to_do=_(
            "Its campaigns may not send meanwhile. Ask the portal's operator what the registry objects to."
        ),
    ),
    states.MISSING: lambda: Status(
        _("The registry does not know this brand any more."),
        whom=_("the portal's operator"),
        usual=_("no usual time: somebody has to ask the registry"),
        to_do=_(
            "Nothing is registered anew by itself. If you did not expect this, tell the portal's operator."
        ),
    ),
    states.DELETED: lambda: Status(
        _("This brand was deleted at the registry."),
        to_do=_("It cannot be brought back. What was filed and its history stay here."),
    ),
}
