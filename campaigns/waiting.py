"""The status line of a campaign: what is happening, who is waited for, since when, what is usual, what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from campaigns import states
from campaigns.models import Campaign
from campaigns.registration import Registration
from campaigns.versions import DECIDERS
from portal.carriers.campaign_policy import CampaignPolicy
from portal.clock import Times
from portal.lib.business_days import business_days_after
from portal.lifecycle import gateway
from portal.lifecycle.models import OPEN, Submission
from portal.lifecycle.waiting import Status, being_read, refresh_of, sending
from portal.ui.looks import Moment, Text


def status_of(campaign: Campaign, times: Times, *, also: str = "") -> Status:
    """What to say of `campaign` at this moment. `also` is what else the page shows, for the fingerprint."""
    registration = campaign.registration()
    at = campaign.status_at(times.business, registration)
    say = _SAYS.get(at)
    if say is None:
        status = Status(_("Nothing has been sent yet."), to_do=_("Finish the draft and submit it."))
    else:
        status = say(campaign, registration, times)
    seen = "|".join(
        str(one)
        for one in (at, campaign.odd_word, status.headline, status.problem, status.last_checked, also)
    )
    mark = hashlib.sha256(seen.encode()).hexdigest()[:12]
    return replace(status, fingerprint=mark, refresh=refresh_of(campaign.since, times))


def expected_of(campaign: Campaign) -> list[Moment]:
    """What comes next, for the top of the history: those who still have to look, the last one first."""
    coming: list[Text] = []
    match campaign.status:
        case states.SUBMITTING:
            coming = [_("The carrier takes the campaign")]
        case states.REGISTRY:
            coming = [*_REVIEWS, _("The registry checks the campaign")]
        case states.PROVIDER | states.APPEALED:
            coming = [*_REVIEWS]
        case states.CARRIERS:
            coming = [_REVIEWS[0]]
        case states.DELETING:
            coming = [_("The carrier ends the campaign")]
    notes = {_REVIEWS[0]: usual_wait()}
    return [Moment(one, icon="draft", note=notes.get(one, ""), expected=True) for one in coming]


_REVIEWS: tuple[Text, Text] = (
    _("Each mobile carrier decides"),
    _("The provider's reviewers decide"),
)


def usual_wait() -> Text:
    """How long the reviews usually take, from the carrier's policy."""
    span = _policy().review_wait.value
    return _("usually %(least)d to %(most)d business days in all") % {
        "least": span.at_least.days,
        "most": span.at_most.days,
    }


def usual_handling() -> Text:
    """How long the carrier usually takes for what it does by machine."""
    policy = gateway.policy(gateway.default_account())
    minutes = policy.brand_registry_wait.value.at_most.total_seconds() // 60
    return _("usually within %(minutes)d minutes") % {"minutes": minutes}


def late_since(campaign: Campaign, times: Times) -> Text:
    """That the reviews take longer than they should, and who looks into it; "" while they do not."""
    if campaign.status not in states.REVIEW:
        return ""
    registration = campaign.registration()
    began = registration.taken_at if registration else campaign.since
    late = _policy().late_after.value
    if times.business < business_days_after(began, late.at_least.days):
        return ""
    if times.business < business_days_after(began, late.at_most.days):
        return _("It takes longer than usual. Nothing is lost: we keep asking, and you will be told.")
    return _(
        "It takes much longer than usual: the portal's operator should ask the carrier what it waits for."
    )


def _policy() -> CampaignPolicy:
    return gateway.campaign_policy(gateway.default_account())


# --- one function per status


def _submitting(campaign: Campaign, registration: Registration | None, times: Times) -> Status:
    open_ones = Submission.objects.filter(kind=Campaign.kind, subject_id=campaign.pk, state__in=OPEN)
    return _sent(
        campaign,
        open_ones.order_by("-accepted_at").first() or campaign.filing(),
        times,
        _("Being sent to the carrier."),
    )


def _deleting(campaign: Campaign, registration: Registration | None, times: Times) -> Status:
    asked = campaign.latest_submission()
    return _sent(campaign, asked, times, _("The carrier is asked to end this campaign for good."))


def _registry(campaign: Campaign, registration: Registration | None, times: Times) -> Status:
    return _read(
        campaign,
        times,
        _("The registry is checking the campaign."),
        whom=_("the registry"),
        usual=usual_wait(),
        to_do=_("Nothing is needed from you."),
    )


def _provider(campaign: Campaign, registration: Registration | None, times: Times) -> Status:
    return _read(
        campaign,
        times,
        _("The provider's reviewers are reading the campaign."),
        whom=_("the provider"),
        usual=usual_wait(),
        to_do=_("Nothing is needed from you."),
    )


def _carriers(campaign: Campaign, registration: Registration | None, times: Times) -> Status:
    headline: Text = _("The mobile carriers are reviewing the campaign.")
    if registration is not None and registration.approved:
        headline = _("%(approved)d of %(networks)d mobile carriers have approved the campaign.") % {
            "approved": registration.approved,
            "networks": registration.networks,
        }
    return _read(
        campaign,
        times,
        headline,
        whom=_("the mobile carriers"),
        usual=usual_wait(),
        to_do=_("Nothing is needed from you."),
    )


def _appealed(campaign: Campaign, registration: Registration | None, times: Times) -> Status:
    asked = campaign.latest_submission()
    if asked is not None and asked.purpose == "appeal" and asked.state in OPEN:
        return _sent(campaign, asked, times, _("Your appeal is being sent to the carrier."))
    return _read(
        campaign,
        times,
        _("The carrier is looking at your appeal."),
        whom=_("the carrier"),
        usual=usual_wait(),
        to_do=_("Nothing is needed from you."),
    )


def _active(campaign: Campaign, registration: Registration | None, times: Times) -> Status:
    if registration is not None and registration.is_partly:
        return _read(
            campaign,
            times,
            _("Approved by %(approved)d of %(networks)d mobile carriers.")
            % {"approved": registration.approved, "networks": registration.networks},
            to_do=_(
                "Its numbers reach the customers of those alone. The table below says what the others want."
            ),
        )
    return _read(campaign, times, _("Its numbers can send text messages."))


def _rejected(campaign: Campaign, registration: Registration | None, times: Times) -> Status:
    who = DECIDERS.get(campaign.decided_by)
    headline: Text = _("The campaign was not approved.")
    if who:
        headline = _("The campaign was not approved: %(who)s turned it down.") % {"who": who}
    elif registration is None:
        headline = _("The carrier refused the submission: nothing was registered.")
    return _read(
        campaign, times, headline, to_do=_("Change what is named below, and submit it again."), late=False
    )


def _suspended(campaign: Campaign, registration: Registration | None, times: Times) -> Status:
    return _read(
        campaign,
        times,
        _("The campaign was suspended."),
        whom=_("the carrier"),
        usual=_("no usual time: only who suspended it can lift it"),
        to_do=_("Its numbers may not send meanwhile. Ask the portal's operator what was objected to."),
    )


def _dormant(campaign: Campaign, registration: Registration | None, times: Times) -> Status:
    return _read(
        campaign,
        times,
        _("The carrier put the campaign to sleep."),
        to_do=_("Its numbers cannot send. Ask the portal's operator to have it woken."),
    )


def _expired(campaign: Campaign, registration: Registration | None, times: Times) -> Status:
    since = registration.ended_at or registration.ends_at if registration else None
    return replace(
        _read(
            campaign,
            times,
            _("The campaign has expired."),
            to_do=_("Its numbers sleep. Submit it again: they wake when it is approved."),
        ),
        since=since or campaign.since,
    )


def _missing(campaign: Campaign, registration: Registration | None, times: Times) -> Status:
    return _read(
        campaign,
        times,
        _("The carrier does not know this campaign any more."),
        whom=_("the portal's operator"),
        usual=_("no usual time: somebody has to ask the carrier"),
        to_do=_(
            "Nothing is registered anew by itself. If you did not expect this, tell the portal's operator."
        ),
    )


def _deleted(campaign: Campaign, registration: Registration | None, times: Times) -> Status:
    return Status(
        _("This campaign was deleted at the carrier."),
        since=campaign.since,
        to_do=_("It cannot be brought back. What was filed and its history stay here."),
    )


_SAYS: dict[str, Callable[[Campaign, Registration | None, Times], Status]] = {
    states.SUBMITTING: _submitting,
    states.REGISTRY: _registry,
    states.PROVIDER: _provider,
    states.CARRIERS: _carriers,
    states.APPEALED: _appealed,
    states.ACTIVE: _active,
    states.REJECTED: _rejected,
    states.SUSPENDED: _suspended,
    states.DORMANT: _dormant,
    states.EXPIRED: _expired,
    states.MISSING: _missing,
    states.DELETING: _deleting,
    states.DELETED: _deleted,
}


# --- what all of them share


def _sent(campaign: Campaign, submission: Submission | None, times: Times, headline: Text) -> Status:
    """The line of something that is on its way."""
    status = Status(
        headline,
        whom=_("the carrier"),
        usual=usual_handling(),
        to_do=_("Nothing is needed from you."),
        since=campaign.since,
    )
    return sending(status, submission, times)


def _read(
    campaign: Campaign,
    times: Times,
    headline: Text,
    *,
    whom: Text = "",
    usual: Text = "",
    to_do: Text = "",
    late: bool = True,
) -> Status:
    """The line of something that is read at the carrier now and then."""
    status = Status(
        headline,
        whom=whom,
        usual=usual,
        to_do=to_do,
        since=campaign.since,
        late=late_since(campaign, times) if late else "",
        word=campaign.odd_word,
    )
    return being_read(status, campaign.open_watch(), times)
