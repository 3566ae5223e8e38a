"""Help pages: what carriers expect of people who text, in plain prose. Anyone signed in may read them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from brands import states as brand_states
from brands.models import Brand
from brands.scoring import TIERS
from campaigns import states, use_cases
from campaigns.choices import MEANINGS, UseCase
from campaigns.throughput import ATT, LOWEST_A_DAY, SOLE_PROPRIETOR_A_DAY, TMOBILE_SOURCE, WhatIf, kind_of
from portal.tenancy.access import MemberRequest, member
from portal.tenancy.roles import Act
from portal.ui.looks import Look, Text

# Users per group message. A limit of the SMS service, which registration does not change (seed).
GROUP_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Guide:
    """One help page: its title, what it is about in a sentence, and the template of its text."""

    slug: str
    title: Text
    lede: Text

    @property
    def template(self) -> str:
        """Where its text stands."""
        return f"campaigns/guides/{self.slug}.html"


GUIDES = (
    Guide(
        "use-cases",
        _("Use cases"),
        _("What a campaign may be for, which brands may choose it, and what it costs a month."),
    ),
    Guide(
        "conversational",
        _("Conversational messaging"),
        _("How to register when your people and your customers simply write to each other."),
    ),
    Guide(
        "group-messages",
        _("Group messages"),
        _("Registration changes nothing about how many people can be in one conversation."),
    ),
    Guide("glossary", _("Glossary"), _("The words of carriers and registries, in ours.")),
)
_BY_SLUG = {one.slug: one for one in GUIDES}


@dataclass(frozen=True, slots=True)
class Case:
    """One use case as the page lists it. `who`: for whom it is, "" for every verified brand."""

    code: str
    label: Text
    meaning: Text
    who: Text
    letters: str
    fee: Decimal | None


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the glossary and what it means."""

    word: Text
    meaning: Text


def cases() -> list[Case]:
    """Every use case that the policy does not hide; the mixed ones first, as in the wizard."""
    offered = {one.code: one for one in use_cases.policy().use_cases.value if not one.hidden}
    first = [code for code in ("LOW_VOLUME", "MIXED") if code in offered]
    return [
        Case(
            code,
            UseCase(code).label,
            MEANINGS[UseCase(code)],
            _who(one.brands, by_approval=one.by_approval),
            " · ".join(one.att_class),
            one.monthly_fee,
        )
        for code in [*first, *(code for code in offered if code not in first)]
        for one in [offered[code]]
    ]


def _who(brands: tuple[str, ...], *, by_approval: bool) -> Text:
    if "SOLE_PROPRIETOR" in brands:
        return _("Sole proprietors only")
    if brands:
        return _("Non-profit organizations only")
    return _("After a carrier has agreed") if by_approval else ""


TERMS = (
    Term(
        "10DLC",
        _(
            "Ten-digit long code: an ordinary local number that a company texts from. Carriers in the US deliver"
            " its messages only when brand and campaign are registered."
        ),
    ),
    Term(
        "A2P",
        _(
            "Application to person: every message that leaves a company's software, also one that an employee"
            " typed to one customer. The opposite, P2P, is two private phones."
        ),
    ),
    Term(
        _("Brand"),
        _("The company behind the messages, as the registry has checked it: name, tax id, address."),
    ),
    Term(
        _("Campaign"),
        _("What is texted, to whom, and with whose consent. Each number belongs to one campaign at a time."),
    ),
    Term(
        _("Registry"),
        _("The Campaign Registry, which keeps brands and campaigns for all mobile carriers in the US."),
    ),
    Term(
        _("Provider"),
        _("The company that carries our messages to the mobile carriers, and looks at each campaign itself."),
    ),
    Term(
        _("Carrier"),
        _(
            "A mobile network such as AT&T, T-Mobile or Verizon. Each decides for itself, so a campaign can be"
            " active on three of four."
        ),
    ),
    Term(
        _("Use case"), _("What a campaign is for, from a list of 28. It cannot be changed after submission.")
    ),
    Term(
        _("Message flow"),
        _(
            "How people come to be texted: every way in which they agree, what they are told, and where a reviewer"
            " can see it. Also called the call to action."
        ),
    ),
    Term(
        _("Opt-in"),
        _("A person's consent to be texted. For advertising it has to be in writing, and never a condition."),
    ),
    Term(
        _("Opt-out"),
        _(
            "STOP and words like it. From then on that person gets nothing more from this number, after one last"
            " message that confirms it."
        ),
    ),
    Term(
        _("Message part"),
        _(
            "What carriers count, also called a segment: 160 characters of plain text, or 70 as soon as one"
            " character is outside the plain set, such as an emoji."
        ),
    ),
    Term(
        _("Vetting score"),
        _(
            "0 to 100, from an outside provider who looked at the brand. It decides how much may be sent; without"
            " one, the lowest rates hold."
        ),
    ),
    Term(
        _("Direct lending"),
        _(
            "A lender's messages about its own loans. Offers of other lenders' loans are not allowed on 10DLC."
        ),
    ),
    Term(
        _("Number pool"),
        _(
            "More numbers on one campaign than may be assigned directly. T-Mobile has to agree, which can take up"
            " to four weeks."
        ),
    ),
    Term(
        _("Dormant"),
        _(
            "A campaign that the provider put to sleep because nothing was sent on it for long. It can be woken."
        ),
    ),
    Term(
        _("Suspended"),
        _(
            "A carrier stopped the campaign's messages. Only who suspended it can lift that, once the cause is gone."
        ),
    ),
)


@require_safe
@member(can=Act.VIEW)
def guide(request: MemberRequest, slug: str) -> HttpResponse:
    """One help page, with the way to the others."""
    one = _BY_SLUG.get(slug)
    if one is None:
        raise Http404
    policy = use_cases.policy()
    context = {
        "guide": one,
        "others": [each for each in GUIDES if each is not one],
        "cases": cases() if slug == "use-cases" else [],
        "fees": policy.use_cases,
        "terms": TERMS,
        "statuses": _statuses() if slug == "glossary" else [],
        "group_limit": GROUP_LIMIT,
        "direct_limit": policy.direct_limit.value,
    }
    return render(request, one.template, context)


def _statuses() -> list[tuple[Look, Text]]:
    return [(states.LOOKS[status], meaning) for status, meaning in STATUSES.items()]


STATUSES: dict[str, Text] = {
    states.DRAFT: _("Nothing has been sent to anybody."),
    states.SUBMITTING: _("On its way to the carrier; the answer is a matter of minutes."),
    states.REGISTRY: _("The registry checks the form."),
    states.PROVIDER: _("The provider's people read it, try out the opt-in and look at the website."),
    states.CARRIERS: _("Each mobile carrier decides for itself."),
    states.ACTIVE: _("Its numbers can send."),
    states.REJECTED: _("Somebody said no and named reasons. Correct it, appeal, or begin a new campaign."),
    states.APPEALED: _("It was sent back with the request to look again."),
    states.SUSPENDED: _("A carrier stopped it. Its numbers are asleep until that is lifted."),
    states.DORMANT: _("Asleep because nothing was sent for long."),
    states.EXPIRED: _("Its period is over. Submit it again and its numbers wake when it is approved."),
    states.DELETED: _("Ended for good. What was filed and its history stay here."),
}


@require_safe
@member(can=Act.VIEW)
def throughput(request: MemberRequest) -> HttpResponse:
    """What carriers would let through: a form whose address can be kept and sent on."""
    form = WhatIf({**_usual(), **request.GET.dict()})
    known = form.is_valid()
    context = {
        "form": form,
        "answer": form.answer() if known else None,
        "tiers": TIERS,
        "lowest_a_day": LOWEST_A_DAY,
        "sole_a_day": SOLE_PROPRIETOR_A_DAY,
        "classes": ATT.value.items(),
        "att": ATT,
        "tmobile": TMOBILE_SOURCE,
    }
    return render(request, "campaigns/throughput.html", context, status=200 if known else 422)


def _usual() -> dict[str, str]:
    """Before anything is asked: the organization's own verified brand, and the use case that the seed recommends."""
    verified = Brand.objects.filter(status=brand_states.VERIFIED)
    brand = verified.order_by(F("score").desc(nulls_last=True), "created_at").first()
    score = brand.score if brand is not None and brand.score is not None else ""
    return {"use_case": UseCase.LOW_VOLUME, "kind": kind_of(brand), "score": str(score)}
