"""The life of a campaign: its statuses, how each is shown, and the moves between them.

    draft ─submit→ submitting ─accept→ registry ─→ provider ─→ carriers ─→ active ─→ expired ─resubmit→ submitting
                     ↑    └─refuse→ rejected ←───────┴───────────┘          │ ↑
                     └── fix, appeal ──┘                       suspended, dormant

What a carrier says is believed in any order (`told`). A campaign past its end *is* expired, whether or not
a worker has noticed: pages ask `Campaign.standing`, which derives it, and never the column alone.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.audit.sentences import Told
from portal.audit.sentences import teach as teach_sentence
from portal.carriers.campaigns import CampaignState
from portal.lifecycle.states import Move
from portal.notifications.kinds import ATTENTION, DECISION
from portal.ui.looks import Look

DRAFT = "draft"
SUBMITTING = "submitting"
REGISTRY = "registry"
PROVIDER = "provider"
CARRIERS = "carriers"
ACTIVE = "active"
REJECTED = "rejected"
APPEALED = "appealed"
SUSPENDED = "suspended"
DORMANT = "dormant"
EXPIRED = "expired"
MISSING = "missing"
DELETING = "deleting"
DELETED = "deleted"

LOOKS: dict[str, Look] = {
    DRAFT: Look(pgettext_lazy("status", "Draft"), "mute", "draft"),
    SUBMITTING: Look(pgettext_lazy("status", "Submitting"), "wait", "submitting"),
    REGISTRY: Look(pgettext_lazy("status", "With the registry"), "wait", "in-review"),
    PROVIDER: Look(pgettext_lazy("status", "Provider review"), "wait", "in-review"),
    CARRIERS: Look(pgettext_lazy("status", "Carrier review"), "wait", "in-review"),
    ACTIVE: Look(pgettext_lazy("status", "Active"), "ok", "verified"),
    REJECTED: Look(pgettext_lazy("status", "Rejected"), "bad", "rejected"),
    APPEALED: Look(pgettext_lazy("status", "Appealed"), "wait", "in-review"),
    SUSPENDED: Look(pgettext_lazy("status", "Suspended"), "bad", "suspended"),
    DORMANT: Look(pgettext_lazy("status", "Dormant"), "late", "suspended"),
    EXPIRED: Look(pgettext_lazy("status", "Expired"), "bad", "expired"),
    MISSING: Look(pgettext_lazy("status", "Missing at the carrier"), "bad", "unknown"),
    DELETING: Look(pgettext_lazy("status", "Deleting"), "wait", "submitting"),
    DELETED: Look(pgettext_lazy("status", "Deleted"), "mute", "deleted"),
}
# Derived, so no column holds them.
EXPIRING = Look(pgettext_lazy("status", "Expiring"), "late", "warning")
UNCONFIRMED = Look(pgettext_lazy("status", "Renewal not confirmed"), "late", "warning")
PARTLY = Look(pgettext_lazy("status", "Partly active"), "late", "verified")


def partly(approved: int, networks: int) -> Look:
    """How an active campaign is shown that not every mobile carrier has approved: never as plainly active."""
    word = _("Active on %(approved)d of %(networks)d carriers")
    return Look(word % {"approved": approved, "networks": networks}, PARTLY.tone, PARTLY.icon)


def unknown(word: str) -> Look:
    """How a status is shown that the carrier named with a word we do not know."""
    return Look(_("Unknown: %(word)s") % {"word": word}, "late", "unknown")


# What stays as it is until somebody here acts.
NEEDS_YOU = frozenset({DRAFT, REJECTED, SUSPENDED, DORMANT, EXPIRED, MISSING})
REVIEW = frozenset({REGISTRY, PROVIDER, CARRIERS, APPEALED})
# Only these can change soon without the person doing anything, so only these are refreshed.
WAITING = REVIEW | {SUBMITTING, DELETING}
# What stands at the carrier now and may be read there.
LIVE = REVIEW | {ACTIVE, REJECTED, SUSPENDED, DORMANT, EXPIRED, MISSING}
# On its way out, or out: no reading brings it back.
GOING = frozenset({DELETING, DELETED})
# What may be edited: a draft, what has to be corrected, and what has to be registered anew anyway.
EDITABLE = frozenset({DRAFT, REJECTED, EXPIRED})
# Its numbers may be assigned to it and wake with it.
CARRYING = LIVE | {SUBMITTING}

SUBMIT = Move("submitted", frozenset({DRAFT}), SUBMITTING, _("%(actor)s submitted the campaign"))
CORRECT = Move(
    "corrected-again", frozenset({REJECTED}), SUBMITTING, _("%(actor)s submitted the corrected campaign")
)
RESUBMIT = Move(
    "resubmitted", frozenset({EXPIRED}), SUBMITTING, _("%(actor)s submitted the expired campaign again")
)
ACCEPT = Move("accepted", frozenset({SUBMITTING}), REGISTRY, _("The carrier took the campaign"))
REFUSE = Move(
    "refused", frozenset({SUBMITTING}), REJECTED, _("The carrier refused the submission"), tells=ATTENTION
)
# An expired campaign that was refused when it was submitted again stays expired. People are told of that, and not
# a second time that it has expired (`lifecycle`).
REFUSE_AGAIN = Move(
    "refused-again", frozenset({SUBMITTING}), EXPIRED, _("The carrier refused the submission")
)
AT_REGISTRY = Move("at-registry", LIVE - {REGISTRY}, REGISTRY, _("The registry is checking the campaign"))
AT_PROVIDER = Move("at-provider", LIVE - {PROVIDER}, PROVIDER, _("The provider is reviewing the campaign"))
AT_CARRIERS = Move("at-carriers", LIVE - {CARRIERS}, CARRIERS, _("The carriers are reviewing the campaign"))
ACTIVATE = Move("activated", LIVE - {ACTIVE}, ACTIVE, _("The campaign is active"), tells=DECISION)
REJECT = Move("rejected", LIVE - {REJECTED}, REJECTED, _("The campaign was rejected"), tells=ATTENTION)
APPEAL = Move("appealed", frozenset({REJECTED}), APPEALED, _("%(actor)s appealed the rejection"))
APPEAL_HEARD = Move("appeal-heard", LIVE - {APPEALED}, APPEALED, _("The carrier is looking at the appeal"))
APPEAL_REFUSED = Move(
    "appeal-refused", frozenset({APPEALED}), REJECTED, _("The carrier refused the appeal"), tells=ATTENTION
)
SUSPEND = Move("suspended", LIVE - {SUSPENDED}, SUSPENDED, _("The campaign was suspended"), tells=ATTENTION)
SLEEP = Move("dormant", LIVE - {DORMANT}, DORMANT, _("The campaign became dormant"), tells=ATTENTION)
EXPIRE = Move("expired", LIVE - {EXPIRED}, EXPIRED, _("The campaign expired"), tells=ATTENTION)
LOSE = Move(
    "missing",
    LIVE - {MISSING},
    MISSING,
    _("The carrier does not know the campaign any more"),
    tells=ATTENTION,
)
ENDED_THERE = Move(
    "ended-there", LIVE - {EXPIRED}, EXPIRED, _("The carrier ended the campaign for good"), tells=ATTENTION
)
DELETE = Move("deletion-asked", LIVE, DELETING, _("%(actor)s asked for the deletion of the campaign"))
DELETION_DONE = Move("deleted", frozenset({DELETING}), DELETED, _("The campaign was deleted"))
# Taken back in time, or refused by the carrier: it stands where it stood before, by that status.
UNDO = {
    status: Move("deletion-undone", frozenset({DELETING}), status, _("%(actor)s took the deletion back"))
    for status in sorted(LIVE)
}
DELETION_REFUSED = {
    status: Move(
        "deletion-refused", frozenset({DELETING}), status, _("The carrier refused to delete the campaign")
    )
    for status in sorted(LIVE)
}

MOVES = (
    SUBMIT,
    CORRECT,
    RESUBMIT,
    ACCEPT,
    REFUSE,
    REFUSE_AGAIN,
    AT_REGISTRY,
    AT_PROVIDER,
    AT_CARRIERS,
    ACTIVATE,
    REJECT,
    APPEAL,
    APPEAL_HEARD,
    APPEAL_REFUSED,
    SUSPEND,
    SLEEP,
    EXPIRE,
    LOSE,
    ENDED_THERE,
    DELETE,
    DELETION_DONE,
)

# What the carrier says, and the move that takes a campaign there. A state that is not here is unknown.
TOLD = {
    CampaignState.REGISTRY: AT_REGISTRY,
    CampaignState.PROVIDER: AT_PROVIDER,
    CampaignState.CARRIERS: AT_CARRIERS,
    CampaignState.ACTIVE: ACTIVATE,
    CampaignState.REJECTED: REJECT,
    CampaignState.FAILED: REJECT,
    CampaignState.APPEALED: APPEAL_HEARD,
    CampaignState.SUSPENDED: SUSPEND,
    CampaignState.DORMANT: SLEEP,
    CampaignState.EXPIRED: EXPIRE,
    CampaignState.DEACTIVATED: ENDED_THERE,
}


def told(state: CampaignState) -> Move | None:
    """The move that a campaign takes when the carrier says `state`; None for what we do not know."""
    return TOLD.get(state)


# What counts as ended when the carrier is asked whether a deletion arrived.
ENDED = frozenset({CampaignState.EXPIRED, CampaignState.DEACTIVATED})

# Events that are no moves.
CREATED = "campaign.created"
CLONED = "campaign.cloned"
DELETED_DRAFT = "campaign.draft-deleted"
OUTCOME_UNKNOWN = "campaign.outcome-unknown"
FOUND_AGAIN = "campaign.found-again"
SENT_AGAIN = "campaign.sent-again"
SETTLED_ARRIVED = "campaign.settled-arrived"
SETTLED_ABSENT = "campaign.settled-absent"
UNKNOWN_WORD = "campaign.unknown-word"
CORRECTED = "campaign.corrected"
DISCARDED = "campaign.changes-discarded"
RENEWED = "campaign.renewed"
RENEWAL_ON = "campaign.renewal-switched-on"
RENEWAL_OFF = "campaign.renewal-switched-off"
RENEWAL_SET = "campaign.renewal-set"
RENEWAL_UNSET = "campaign.renewal-unset"
RENEWAL_SET_AGAIN = "campaign.renewal-set-again"
RENEWAL_ASKED = "campaign.renewal-asked"
RENEWAL_ASKED_AGAIN = "campaign.renewal-asked-again"
RENEWAL_REFUSED = "campaign.renewal-refused"

_RENEWALS = {
    RENEWED: Told(_("The campaign was renewed for another period"), "ok", "refresh"),
    RENEWAL_ON: Told(_("%(actor)s switched automatic renewal on"), "mute", "refresh"),
    RENEWAL_OFF: Told(_("%(actor)s switched automatic renewal off"), "mute", "refresh"),
    RENEWAL_SET: Told(_("The carrier confirmed that it renews the campaign"), "ok", "refresh"),
    RENEWAL_UNSET: Told(_("The carrier confirmed that it does not renew the campaign"), "mute", "refresh"),
    RENEWAL_SET_AGAIN: Told(
        _("The carrier showed another choice of renewal than yours: it is set again"), "late", "warning"
    ),
    RENEWAL_ASKED: Told(_("The carrier is asked for the next period"), "wait", "submitting"),
    RENEWAL_ASKED_AGAIN: Told(
        _("%(actor)s had the carrier asked again about the renewal"), "wait", "submitting"
    ),
    RENEWAL_REFUSED: Told(_("The carrier refused the renewal"), "bad", "rejected"),
}


def teach() -> None:
    """Say how each event of a campaign is told on timelines."""
    for move in MOVES:
        look = LOOKS[move.target]
        teach_sentence(f"campaign.{move.name}", Told(move.sentence, look.tone, look.icon))
    teach_sentence(f"campaign.{UNDO[ACTIVE].name}", Told(UNDO[ACTIVE].sentence, "mute", "refresh"))
    teach_sentence(
        f"campaign.{DELETION_REFUSED[ACTIVE].name}",
        Told(DELETION_REFUSED[ACTIVE].sentence, "bad", "rejected"),
    )
    teach_sentence(CREATED, Told(_("%(actor)s created a draft"), "mute", "draft"))
    teach_sentence(CLONED, Told(_("%(actor)s copied another campaign into a draft"), "mute", "draft"))
    teach_sentence(CORRECTED, Told(_("The carrier took the corrected data"), "wait", "submitting"))
    teach_sentence(DISCARDED, Told(_("%(actor)s discarded the corrections"), "mute", "draft"))
    for event, told in _RENEWALS.items():
        teach_sentence(event, told)
    teach_sentence(
        OUTCOME_UNKNOWN,
        Told(
            _("No answer from the carrier: it will be searched before anything is sent again"),
            "late",
            "unknown",
        ),
    )
    teach_sentence(
        FOUND_AGAIN, Told(_("Found at the carrier: the submission had arrived"), "wait", "submitting")
    )
    teach_sentence(
        SETTLED_ARRIVED, Told(_("%(actor)s found it at the carrier: it had arrived"), "wait", "submitting")
    )
    teach_sentence(
        SETTLED_ABSENT,
        Told(_("%(actor)s did not find it at the carrier: it is sent again"), "wait", "submitting"),
    )
    teach_sentence(SENT_AGAIN, Told(_("Not found at the carrier: it is sent again"), "wait", "submitting"))
    teach_sentence(
        UNKNOWN_WORD, Told(_("The carrier answered with a word that we do not know"), "late", "unknown")
    )
