"""The organization's numbers as a list: the tabs of a product, filters, search by digits, and counts that stay quick.

"Assigned" and "Unassigned" are the phone system's words: the number serves a user, a queue or a site, or nobody. The
campaign that it may text on is a filter of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from campaigns.choices import Product
from phone_numbers.models import Assignment, Number
from phone_numbers.sending import sending, sleeping
from portal.ui.forms import PortalForm
from portal.ui.paging import Sort

# Counted exactly so far; beyond it a page says "50,000+" (a list that long is counted in some milliseconds).
MOST_COUNTED = 50_000
# Rows on a page, to choose from; the first is the usual one.
SIZES = (50, 100, 200)

ALL, ASSIGNED, UNASSIGNED = "all", "assigned", "unassigned"
TABS = {ALL: _("All"), ASSIGNED: _("Assigned"), UNASSIGNED: _("Unassigned")}
# What a campaign's filter may say besides the id of one.
ANY, NONE = "any", "none"

State = Assignment.State
ASLEEP, BLOCKED, TOLL_FREE, NO_SMS = "asleep", "blocked", "toll-free", "no-sms"
STATUSES = {
    State.ON: _("Can send"),
    State.PENDING: _("Being assigned"),
    State.FAILED: _("Failed"),
    State.RELEASING: _("Being released"),
    ASLEEP: _("Asleep"),
    BLOCKED: _("Blocked: on no campaign"),
    TOLL_FREE: _("Toll-free"),
    NO_SMS: _("Cannot do SMS"),
}

SORTS = {"number": Sort(_("Number"), F("e164"))}
USUAL = "number"

_DIGITS = re.compile(r"[0-9]")
_LEAST_DIGITS = 3
_WHOLE = (10, 11)


class Search(PortalForm):
    """What the list is asked for; empty: every number of the product Phone."""

    product = forms.ChoiceField(label=_("Product"), required=False, choices=Product.choices)
    tab = forms.ChoiceField(label=_("List"), required=False, choices=list(TABS.items()))
    q = forms.CharField(label=_("Digits or name"), max_length=60, required=False)
    campaign = forms.CharField(label=_("Campaign"), max_length=36, required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any status")), *STATUSES.items()]
    )

    def clean_product(self) -> str:
        """Phone where none is named."""
        return str(self.cleaned_data["product"] or Product.PHONE)

    def clean_tab(self) -> str:
        """All where none is named."""
        return str(self.cleaned_data["tab"] or ALL)

    def clean_q(self) -> str:
        """Three digits or more, in any notation; or letters, for a name."""
        text = str(self.cleaned_data["q"])
        if text and not any(one.isalpha() for one in text) and len(digits_of(text)) < _LEAST_DIGITS:
            raise ValidationError(_("Type at least three digits of a number, or letters of a name."))
        return text

    def clean_campaign(self) -> str:
        """ "any", "none", or the id of a campaign: one that is not there finds nothing."""
        text = str(self.cleaned_data["campaign"])
        if text and text not in (ANY, NONE):
            try:
                return str(UUID(text))
            except ValueError:
                raise ValidationError(_("Choose one of the campaigns offered.")) from None
        return text

    @property
    def asks(self) -> bool:
        """Is anything asked for beyond a product and a tab?"""
        names = ("q", "campaign", "status", "import")
        return self.is_valid() and any(self.cleaned_data[name] for name in names)

    @property
    def answers(self) -> dict[str, str]:
        """What a valid form was answered, as it stands in an address; nothing usual, nothing empty."""
        usual = {"product": Product.PHONE.value, "tab": ALL}
        return {
            name: str(value)
            for name, value in self.cleaned_data.items()
            if value and str(value) != usual.get(name)
        }


# "import" is a word of the language: it cannot be written as an attribute. The numbers that one file brought.
Search.base_fields["import"] = forms.UUIDField(label=_("Import"), required=False, widget=forms.HiddenInput)


def digits_of(text: str) -> str:
    """The digits of `text`, whatever stands between them: "(206) 555" is "206555"."""
    return "".join(_DIGITS.findall(text))


def search_of(answers: Mapping[str, Any]) -> Search:
    """The search that was kept as its `answers`. Raises ValidationError for what no search of ours was ever asked."""
    search = Search(dict(answers))
    if not search.is_valid():
        raise ValidationError("unknown filter")
    return search


def found(search: Search, at: datetime, *, tab: str | None = None) -> QuerySet[Number]:
    """The numbers that a valid `search` asks for at business time `at`; of another `tab`, where one is named."""
    asked = search.cleaned_data
    rows: QuerySet[Number] = Number.objects.held().filter(product=asked["product"])
    match tab or asked["tab"]:
        case "assigned":
            rows = rows.exclude(serves="")
        case "unassigned":
            rows = rows.filter(serves="")
    if asked["q"]:
        rows = rows.filter(_called(asked["q"]))
    if asked["campaign"]:
        rows = rows.filter(_on(asked["campaign"]))
    if asked["status"]:
        rows = rows.filter(_standing(asked["status"], at))
    if asked["import"]:
        rows = rows.filter(source=asked["import"])
    return rows


def _called(text: str) -> Q:
    digits = digits_of(text)
    if any(one.isalpha() for one in text):
        return Q(label__icontains=text) | Q(serves__icontains=text)
    if len(digits) in _WHOLE and digits.removeprefix("1").__len__() == _WHOLE[0]:
        # A whole number is found by the index alone.
        return Q(e164=f"+1{digits.removeprefix('1')}")
    return Q(e164__contains=digits)


def _open() -> QuerySet[Assignment]:
    rows: QuerySet[Assignment] = Assignment.objects.open().filter(number=OuterRef("pk"))
    return rows


def _on(campaign: str) -> Q:
    if campaign == NONE:
        return ~Q(Exists(_open()))
    if campaign == ANY:
        return Q(Exists(_open()))
    return Q(pk__in=Assignment.objects.open().filter(campaign=UUID(campaign)).values("number"))


def _standing(status: str, at: datetime) -> Q:
    assigned = Assignment.objects.open()
    match status:
        case State.ON:
            rows = sending(at).filter(state=State.ON)
        case "asleep":
            rows = sleeping(at).filter(state=State.ON)
        case State.FAILED:
            # The last thing that happened to it: whatever came later replaced the failure.
            later = Assignment.objects.filter(number=OuterRef("number"), since__gt=OuterRef("since"))
            rows = Assignment.objects.filter(~Exists(later), state=State.FAILED)
        case "blocked":
            return Q(~Exists(_open()), type=Number.Type.LOCAL, sms=True)
        case "toll-free":
            return Q(type=Number.Type.TOLL_FREE)
        case "no-sms":
            return Q(sms=False)
        case _:
            rows = assigned.filter(state=status)
    return Q(pk__in=rows.values("number"))


def counted(rows: QuerySet[Any]) -> tuple[int, bool]:
    """How many `rows` there are, and whether that is exact: it is up to `MOST_COUNTED`."""
    return counted_each(rows)[0]


def counted_each(*lists: QuerySet[Any]) -> list[tuple[int, bool]]:
    """`counted` of several lists in one query."""
    parts, values = [], []
    for rows in lists:
        # A list of nothing is counted, too, instead of not being asked for. And of each row only what stands in every
        # index, so that the index alone is read.
        some = rows.order_by().values("organization")[: MOST_COUNTED + 1].query
        sql, params = some.get_compiler(connection=connection, elide_empty=False).as_sql()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS rows)")  # noqa: S608 - compiled by the ORM
        values += params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        numbers = cursor.fetchone()
    return [(min(number, MOST_COUNTED), number <= MOST_COUNTED) for number in numbers]
