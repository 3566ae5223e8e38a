"""The life of a brand: its statuses, how each is shown, and the moves between them.

    draft ─submit→ submitting ─accept→ in review ─┬→ verified
                     ↑    └─refuse→ rejected ←────┼→ rejected
                     └──────resubmit─────┘        ├→ needs authentication ─→ verified
                                                  └→ needs one-time password ─→ verified

A registry may also suspend a brand, look at it again, or lose it; the words it says are in `TOLD`, and
each is believed in any order. Deleting goes over "deleting" until the registry has confirmed it.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.audit.sentences import Told
from portal.audit.sentences import teach as teach_sentence
from portal.carriers.contract import BrandState
from portal.lifecycle.states import Move
from portal.notifications.kinds import ATTENTION, DECISION
from portal.ui.looks import Look

DRAFT = "draft"
SUBMITTING = "submitting"
IN_REVIEW = "in_review"
VERIFIED = "verified"
REJECTED = "rejected"
CONFIRM = "confirm"
PASSWORD = "password"  # noqa: S105  a status
SUSPENDED = "suspended"
MISSING = "missing"
DELETING = "deleting"
DELETED = "deleted"

LOOKS: dict[str, Look] = {
    DRAFT: Look(pgettext_lazy("status", "Draft"), "mute", "draft"),
    SUBMITTING: Look(pgettext_lazy("status", "Submitting"), "wait", "submitting"),
    IN_REVIEW: Look(pgettext_lazy("status", "In review"), "wait", "in-review"),
    VERIFIED: Look(pgettext_lazy("status", "Verified"), "ok", "verified"),
    REJECTED: Look(pgettext_lazy("status", "Rejected"), "bad", "rejected"),
    CONFIRM: Look(pgettext_lazy("status", "Needs authentication"), "late", "mail"),
    PASSWORD: Look(pgettext_lazy("status", "Needs one-time password"), "late", "key"),
    SUSPENDED: Look(pgettext_lazy("status", "Suspended"), "bad", "suspended"),
    MISSING: Look(pgettext_lazy("status", "Missing at the registry"), "bad", "unknown"),
    DELETING: Look(pgettext_lazy("status", "Deleting"), "wait", "submitting"),
    DELETED: Look(pgettext_lazy("status", "Deleted"), "mute", "deleted"),
}


def unknown(word: str) -> Look:
    """How a status is shown that the registry named with a word we do not know."""
    return Look(_("Unknown: %(word)s") % {"word": word}, "late", "unknown")


# What stays as it is until somebody here acts.
NEEDS_YOU = frozenset({DRAFT, REJECTED, CONFIRM, PASSWORD, SUSPENDED, MISSING})
# Only these can change soon without the person doing anything, so only these are refreshed.
WAITING = frozenset({SUBMITTING, IN_REVIEW, CONFIRM, PASSWORD, DELETING})
# What stands at the registry now and may be read there.
LIVE = frozenset({IN_REVIEW, VERIFIED, REJECTED, CONFIRM, PASSWORD, SUSPENDED, MISSING})
# On its way out, or out: no reading brings it back.
GOING = frozenset({DELETING, DELETED})
# What may be edited: a draft, and what has to be corrected.
EDITABLE = frozenset({DRAFT, REJECTED})

SUBMIT = Move("submitted", frozenset({DRAFT}), SUBMITTING, _("%(actor)s submitted the brand"))
RESUBMIT = Move(
    "resubmitted", frozenset({REJECTED}), SUBMITTING, _("%(actor)s submitted the corrected brand")
)
ACCEPT = Move(
    "accepted", frozenset({SUBMITTING}), IN_REVIEW, _("The registry took the brand and is checking it")
)
REFUSE = Move(
    "refused", frozenset({SUBMITTING}), REJECTED, _("The registry refused the submission"), tells=ATTENTION
)
VERIFY = Move("verified", LIVE - {VERIFIED}, VERIFIED, _("The registry verified the brand"), tells=DECISION)
REJECT = Move(
    "rejected", LIVE - {REJECTED}, REJECTED, _("The registry could not verify the brand"), tells=ATTENTION
)
ASK_CONFIRM = Move(
    "asked-to-confirm",
    LIVE - {CONFIRM},
    CONFIRM,
    _("The registry asks the contact person to follow the link in its e-mail"),
    tells=ATTENTION,
)
ASK_PASSWORD = Move(
    "asked-for-password",
    LIVE - {PASSWORD},
    PASSWORD,
    _("The registry asks for the one-time password from a text message"),
    tells=ATTENTION,
)
SUSPEND = Move(
    "suspended", LIVE - {SUSPENDED}, SUSPENDED, _("The registry suspended the brand"), tells=ATTENTION
)
REVIEW_AGAIN = Move(
    "reviewed-again", LIVE - {IN_REVIEW, VERIFIED}, IN_REVIEW, _("The registry is looking at the brand again")
)
# A step backwards is kept as it was reported, and stands out in the history.
TAKE_BACK = Move(
    "taken-back",
    frozenset({VERIFIED}),
    IN_REVIEW,
    _("The registry took the verification back and is looking at the brand again"),
)
LOSE = Move(
    "missing", LIVE - {MISSING}, MISSING, _("The registry does not know the brand any more"), tells=ATTENTION
)
DELETE = Move("deletion-asked", LIVE, DELETING, _("%(actor)s asked for the deletion of the brand"))
DELETION_DONE = Move("deleted", frozenset({DELETING}), DELETED, _("The brand was deleted"))
# Its true state is read at once; until then it is "in review".
DELETION_REFUSED = Move(
    "deletion-refused",
    frozenset({DELETING}),
    IN_REVIEW,
    _("The registry refused to delete the brand"),
    tells=ATTENTION,
)

MOVES = (
    SUBMIT,
    RESUBMIT,
    ACCEPT,
    REFUSE,
    VERIFY,
    REJECT,
    ASK_CONFIRM,
    ASK_PASSWORD,
    SUSPEND,
    REVIEW_AGAIN,
    TAKE_BACK,
    LOSE,
    DELETE,
    DELETION_DONE,
    DELETION_REFUSED,
)

# What the registry says, and the move that takes a brand there. A state that is not here is unknown.
TOLD = {
    BrandState.PENDING: REVIEW_AGAIN,
    BrandState.NEEDS_CONFIRMATION: ASK_CONFIRM,
    BrandState.NEEDS_PASSWORD: ASK_PASSWORD,
    BrandState.VERIFIED: VERIFY,
    BrandState.SUSPENDED: SUSPEND,
    BrandState.UNVERIFIED: REJECT,
    BrandState.FAILED: REJECT,
}


def told(state: BrandState, status: str) -> Move | None:
    """The move that a brand in `status` takes when the registry says `state`; None for what we do not know."""
    if state == BrandState.PENDING and status == VERIFIED:
        return TAKE_BACK
    return TOLD.get(state)


# Events that are no moves.
CREATED = "brand.created"
DELETED_DRAFT = "brand.draft-deleted"
OUTCOME_UNKNOWN = "brand.outcome-unknown"
FOUND_AGAIN = "brand.found-again"
SENT_AGAIN = "brand.sent-again"
SETTLED_ARRIVED = "brand.settled-arrived"
SETTLED_ABSENT = "brand.settled-absent"
UNKNOWN_WORD = "brand.unknown-word"
TAX_ID_SHOWN = "brand.tax-id-shown"
CORRECTED = "brand.corrected"
DISCARDED = "brand.changes-discarded"
CONFIRM_ASKED = "brand.confirmation-asked"
CONFIRM_SENT = "brand.confirmation-sent"
CONFIRM_REFUSED = "brand.confirmation-refused"
CONTACT_ASKED = "brand.contact-change-asked"
CONTACT_CHANGED = "brand.contact-changed"
CONTACT_REFUSED = "brand.contact-change-refused"
PASSWORD_ASKED = "brand.password-asked"  # noqa: S105
PASSWORD_SENT = "brand.password-sent"  # noqa: S105
PASSWORD_NOT_SENT = "brand.password-not-sent"  # noqa: S105
PASSWORD_ENTERED = "brand.password-entered"  # noqa: S105
PASSWORD_RIGHT = "brand.password-right"  # noqa: S105
PASSWORD_WRONG = "brand.password-wrong"  # noqa: S105


def teach() -> None:
    """Say how each event of a brand is told on timelines."""
    for move in MOVES:
        look = LOOKS[move.target]
        teach_sentence(f"brand.{move.name}", Told(move.sentence, look.tone, look.icon))
    teach_sentence(f"brand.{TAKE_BACK.name}", Told(TAKE_BACK.sentence, "late", "warning"))
    teach_sentence(CREATED, Told(_("%(actor)s created a draft"), "mute", "draft"))
    teach_sentence(CORRECTED, Told(_("The carrier took the corrected data"), "wait", "submitting"))
    teach_sentence(DISCARDED, Told(_("%(actor)s discarded the corrections"), "mute", "draft"))
    teach_sentence(TAX_ID_SHOWN, Told(_("%(actor)s looked at the full tax id"), "mute", "lock"))
    teach_sentence(
        OUTCOME_UNKNOWN,
        Told(
            _("No answer from the registry: it will be searched before anything is sent again"),
            "late",
            "unknown",
        ),
    )
    teach_sentence(
        FOUND_AGAIN, Told(_("Found at the registry: the submission had arrived"), "wait", "submitting")
    )
    teach_sentence(
        SETTLED_ARRIVED, Told(_("%(actor)s found it at the registry: it had arrived"), "wait", "submitting")
    )
    teach_sentence(
        SETTLED_ABSENT,
        Told(_("%(actor)s did not find it at the registry: it is sent again"), "wait", "submitting"),
    )
    teach_sentence(SENT_AGAIN, Told(_("Not found at the registry: it is sent again"), "wait", "submitting"))
    teach_sentence(
        UNKNOWN_WORD, Told(_("The registry answered with a word that we do not know"), "late", "unknown")
    )
    for action, told_so in _PROOFS.items():
        teach_sentence(action, told_so)


# The steps of a proof: no moves, because only a reading of the registry moves a brand.
_PROOFS = {
    CONFIRM_ASKED: Told(_("%(actor)s asked for another e-mail to the contact person"), "mute", "mail"),
    CONFIRM_SENT: Told(_("The registry sent the contact person another e-mail"), "wait", "mail"),
    CONFIRM_REFUSED: Told(_("The registry refused to send another e-mail"), "late", "warning"),
    CONTACT_ASKED: Told(_("%(actor)s changed the contact person's e-mail"), "mute", "mail"),
    CONTACT_CHANGED: Told(_("The registry took the contact person's new e-mail"), "wait", "mail"),
    CONTACT_REFUSED: Told(_("The registry refused the contact person's new e-mail"), "late", "warning"),
    PASSWORD_ASKED: Told(_("%(actor)s asked for a one-time password"), "mute", "key"),
    PASSWORD_SENT: Told(_("The one-time password was sent to the mobile phone"), "wait", "key"),
    PASSWORD_NOT_SENT: Told(_("The carrier refused to send a one-time password"), "late", "warning"),
    PASSWORD_ENTERED: Told(_("%(actor)s entered a one-time password"), "mute", "key"),
    PASSWORD_RIGHT: Told(_("The one-time password was right"), "wait", "key"),
    PASSWORD_WRONG: Told(_("The one-time password was not accepted"), "late", "warning"),
}
