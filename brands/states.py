"""The life of a brand: its statuses, how each is shown, and the moves between them.

draft ─submit→ submitting ─accept→ in review ─verify→ verified
                   └─refuse→ rejected  └─reject→ rejected
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.audit.sentences import Told
from portal.audit.sentences import teach as teach_sentence
from portal.lifecycle.states import Move
from portal.notifications.kinds import ATTENTION, DECISION
from portal.ui.looks import Look

DRAFT = "draft"
SUBMITTING = "submitting"
IN_REVIEW = "in_review"
VERIFIED = "verified"
REJECTED = "rejected"

LOOKS: dict[str, Look] = {
    DRAFT: Look(pgettext_lazy("status", "Draft"), "mute", "draft"),
    SUBMITTING: Look(pgettext_lazy("status", "Submitting"), "wait", "submitting"),
    IN_REVIEW: Look(pgettext_lazy("status", "In review"), "wait", "in-review"),
    VERIFIED: Look(pgettext_lazy("status", "Verified"), "ok", "verified"),
    REJECTED: Look(pgettext_lazy("status", "Rejected"), "bad", "rejected"),
}


def unknown(word: str) -> Look:
    """How a status is shown that the registry named with a word we do not know."""
    return Look(_("Unknown: %(word)s") % {"word": word}, "late", "unknown")


# Only these can change without the person doing anything, so only these are refreshed.
WAITING = frozenset({SUBMITTING, IN_REVIEW})

SUBMIT = Move("submitted", frozenset({DRAFT}), SUBMITTING, _("%(actor)s submitted the brand"))
ACCEPT = Move(
    "accepted", frozenset({SUBMITTING}), IN_REVIEW, _("The registry took the brand and is checking it")
)
REFUSE = Move(
    "refused", frozenset({SUBMITTING}), REJECTED, _("The registry refused the submission"), tells=ATTENTION
)
VERIFY = Move(
    "verified", frozenset({IN_REVIEW}), VERIFIED, _("The registry verified the brand"), tells=DECISION
)
REJECT = Move(
    "rejected",
    frozenset({IN_REVIEW}),
    REJECTED,
    _("The registry could not verify the brand"),
    tells=ATTENTION,
)
MOVES = (SUBMIT, ACCEPT, REFUSE, VERIFY, REJECT)

# Events that are no moves.
CREATED = "brand.created"
DELETED_DRAFT = "brand.draft-deleted"
OUTCOME_UNKNOWN = "brand.outcome-unknown"
FOUND_AGAIN = "brand.found-again"
SENT_AGAIN = "brand.sent-again"
UNKNOWN_WORD = "brand.unknown-word"
TAX_ID_SHOWN = "brand.tax-id-shown"


def teach() -> None:
    """Say how each event of a brand is told on timelines."""
    for move in MOVES:
        look = LOOKS[move.target]
        teach_sentence(f"brand.{move.name}", Told(move.sentence, look.tone, look.icon))
    teach_sentence(CREATED, Told(_("%(actor)s created a draft"), "mute", "draft"))
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
    teach_sentence(SENT_AGAIN, Told(_("Not found at the registry: it is sent again"), "wait", "submitting"))
    teach_sentence(
        UNKNOWN_WORD, Told(_("The registry answered with a word that we do not know"), "late", "unknown")
    )
