"""The page where anybody who is signed in can paste a message or a whole campaign and read what the rules say.

Nothing that is pasted is stored, logged or put into an address; the answer is the page itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import fixes, rules
from campaigns.checking_forms import CheckedForm, MessageForm, WholeForm
from campaigns.rules_reading import Reading
from campaigns.rules_shown import Mendable
from campaigns.rules_subject import MOST_SAMPLES, sample_field
from portal.accounts.views import person
from portal.lib.segments import Segments, segments
from portal.preflight.checking import Rule
from portal.preflight.findings import Findings, Severity, Text, Verdict
from portal.ui.htmx import announce, is_partial

# The button of a fix, with the finding that it mends; "straight:sample_1" is no finding's.
MEND, STRAIGHT = "mend", "straight"
# What the page showed before, so that a screen reader hears of changes only.
SEEN = "verdict-seen"
_SAMPLES = tuple(sample_field(number) for number in range(1, MOST_SAMPLES + 1))

_MEANS = {
    Verdict.CANNOT_BE_SENT: gettext_lazy(
        "A carrier's interface refuses it as it is, or the rules of the product do."
    ),
    Verdict.LIKELY_REJECTED: gettext_lazy("A reviewer would return it for this alone."),
    Verdict.AT_RISK: gettext_lazy("Reviewers differ on this, or it may be innocent: read it and decide."),
    Verdict.NO_KNOWN_PROBLEM: gettext_lazy(
        "We found nothing that reviewers are known to return. Nobody can promise more."
    ),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What the page says of what was pasted. `sizes`: each message with how it travels."""

    verdict: Verdict
    rows: list[Mendable]
    sizes: list[tuple[str, Text, Segments, bool]] = field(default_factory=list)
    broken: bool = False

    @property
    def means(self) -> Text:
        """The verdict in a sentence."""
        return _MEANS[self.verdict]

    @property
    def seen(self) -> str:
        """Changes when the verdict or the number of findings does."""
        return f"{self.verdict}:{len(self.rows)}"

    @property
    def spoken(self) -> str:
        """What a screen reader hears of it."""
        found = [f"{one.label}: {one.finding.message}" for one in self.rows]
        return ". ".join([str(self.verdict.word), *found[:3]])


@require_http_methods(["GET", "HEAD", "POST"])
@person
def message(request: HttpRequest) -> HttpResponse:
    """Check one message."""
    return _page(request, MessageForm, "campaigns/check_message.html")


@require_http_methods(["GET", "HEAD", "POST"])
@person
def campaign(request: HttpRequest) -> HttpResponse:
    """Check the texts of a whole campaign."""
    return _page(request, WholeForm, "campaigns/check_campaign.html")


def _page(request: HttpRequest, form_class: type[CheckedForm], template: str) -> HttpResponse:
    form = (
        form_class(_mended(form_class(request.POST), request.POST))
        if request.method == "POST"
        else form_class()
    )
    shown = checked(form) if form.is_bound else None
    if shown is not None and is_partial(request):
        response = render(request, "campaigns/_checked.html", {"checked": shown})
        return announce(response, shown.spoken) if request.POST.get(SEEN) != shown.seen else response
    context = {"form": form, "checked": shown, "here": request.path, "count": len(rules.RULES)}
    return render(request, template, context, status=422 if form.is_bound and not form.is_valid() else 200)


def checked(form: CheckedForm) -> Checked | None:
    """What the rules say of a bound form; None while it is empty."""
    subject = form.subject()
    said = [name for name in form.fields if form.said(name).strip()]
    if not [name for name in said if name not in ("brand_name", "website", "use_case")]:
        return None
    if isinstance(form, MessageForm):
        found = rules.check_message(form.said("sample_1"), form.said("brand_name"))
    else:
        found = rules.check(subject)
    # What is not given is not judged: somebody may paste a part only.
    heard = [one for one in found if _is_asked(one.rule, one.field, form, bool(subject.samples))]
    rows = []
    alone = isinstance(form, MessageForm)
    for one in heard:
        label: Text = form[one.field].label or "" if one.field in form.fields else _WHOLES.get(one.field, "")
        link = f"#id_{one.field}" if one.field in form.fields and not alone else ""
        # Of one message there is nothing else to tell the findings apart by.
        label = rules.TITLES[one.rule] if alone else label
        mend = fixes.words_of(one.rule, one.field) if fixes.offered(one, subject) is not None else ""
        rows.append(Mendable(one, label, link, mend=mend))
    sizes: list[tuple[str, Text, Segments, bool]] = [
        (name, form[name].label or "", segments(form.said(name)), _can_be_straight(form.said(name)))
        for name in _SAMPLES
        if name in form.fields and form.said(name).strip()
    ]
    return Checked(Findings(tuple(heard)).verdict, rows, sizes, bool(found.broken))


_WHOLES: dict[str, Text] = {"samples": gettext_lazy("Sample messages"), "brand": gettext_lazy("Brand")}


def _is_asked(rule: str, name: str, form: CheckedForm, has_samples: bool) -> bool:
    if rule == "F01":
        return False
    if rule == "F03":
        return has_samples
    if rule == "C14":
        return bool(form.said("use_case"))
    return name in form.fields or name in _WHOLES


def _can_be_straight(text: str) -> bool:
    size = segments(text)
    return bool(size.odd) and not segments(fixes.straightened(text)).odd


def _mended(form: CheckedForm, data: QueryDict) -> QueryDict:
    """What was posted, with the answer mended whose button was pressed."""
    rule, _colon, name = data.get(MEND, "").partition(":")
    if name not in form.fields:
        return data
    value = form.said(name)
    if rule == STRAIGHT:
        better: str | None = fixes.straightened(value)
    else:
        better = fixes.apply(rule, name, value, form.subject())
    if better is None:
        return data
    changed = data.copy()
    changed[name] = better
    return changed


@dataclass(frozen=True, slots=True)
class Family:
    """Rules that belong together, as the page of rules shows them."""

    title: Text
    rules: list[Rule[Reading]]


_FAMILIES: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (gettext_lazy("The form"), ("F", "C14", "C32", "C36", "B14")),
    (gettext_lazy("The messages"), ("C01", "C02", "C03", "C04", "C05", "C06", "C07", "C11", "C34")),
    (gettext_lazy("What they are about"), ("C08", "C09", "C10", "C26", "C27", "C28", "C30", "C35")),
    (gettext_lazy("What belongs together"), ("C12", "C13", "C29", "C31", "C33")),
    (gettext_lazy("Consent, replies and policies"), ("C1", "C2")),
)


def families() -> list[Family]:
    """Every rule once, in families."""
    left = list(rules.RULES)
    rows = []
    for title, names in _FAMILIES:
        mine = [one for one in left if one.id.startswith(names)]
        left = [one for one in left if one not in mine]
        rows.append(Family(title, mine))
    return rows


@require_safe
@person
def all_rules(request: HttpRequest) -> HttpResponse:
    """Every rule with its source, and an example of what it returns and of what it lets pass."""
    context = {
        "families": families(),
        "severities": list(Severity),
        "version": rules.VERSION,
        "not_checked": rules.NOT_CHECKED,
        "back_url": reverse("checking:message"),
        "heading": _("What the check looks at"),
    }
    return render(request, "campaigns/check_rules.html", context)
