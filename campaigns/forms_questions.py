"""The carrier questions of the wizard: which kinds of messages there are, and what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import choices
from campaigns.forms import CampaignForm
from campaigns.use_cases import policy, sub_bounds
from portal.ui.fields import YesNoField

_CATEGORIES = ("categories_fit", "sub_use_cases")


class QuestionsForm(CampaignForm):
    """The seed's five questions, what follows from a yes, and how many numbers are planned.

    The question of categories is asked of the use cases that hold several: yes files the five that it names, no
    lets one pick the real ones.
    """

    categories_fit = YesNoField(
        label=gettext_lazy(
            "Do ALL messages fit the categories Account notification, Customer care, Delivery notification, "
            "Marketing, and Public service announcement?"
        ),
        error_messages={"required": gettext_lazy("Say whether all messages fit these categories.")},
    )
    sub_use_cases = forms.MultipleChoiceField(
        label=gettext_lazy("Which kinds of messages do you send?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose the kinds of messages that you send.")},
    )
    embedded_link = YesNoField(
        label=gettext_lazy("Do the messages contain web links?"),
        help_text=gettext_lazy(
            "Any address of a page, also without https. Public link shorteners are refused."
        ),
        error_messages={"required": gettext_lazy("Say whether the messages contain web links.")},
    )
    embedded_link_sample = forms.CharField(
        label=gettext_lazy("An example of a link"),
        max_length=255,
        help_text=gettext_lazy(
            "As it stands in a message, at your own domain. One of the samples has to show one."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
        error_messages={"required": gettext_lazy("Enter an example of a link that your messages contain.")},
    )
    embedded_phone = YesNoField(
        label=gettext_lazy("Do the messages contain phone numbers?"),
        help_text=gettext_lazy(
            "Other than the number that sends, and other than in the replies to HELP and STOP."
        ),
        error_messages={"required": gettext_lazy("Say whether the messages contain phone numbers.")},
    )
    age_gated = YesNoField(
        label=gettext_lazy("Do the messages contain age-restricted content?"),
        help_text=gettext_lazy("Such as alcohol, tobacco, vaping or firearms."),
        error_messages={"required": gettext_lazy("Say whether the messages contain age-restricted content.")},
    )
    age_gate = forms.CharField(
        label=gettext_lazy("How do you check the age?"),
        max_length=500,
        help_text=gettext_lazy(
            "Carriers want the date of birth; “Are you over 21?” with yes and no is not enough. Name the page."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Describe how you check the age before anybody can agree.")},
    )
    direct_lending = YesNoField(
        label=gettext_lazy("Do the messages offer or arrange loans?"),
        help_text=gettext_lazy("Only a lender's own loans are allowed; those of third parties never are."),
        error_messages={"required": gettext_lazy("Say whether the messages are about loans.")},
    )
    number_pool = YesNoField(
        label=gettext_lazy("Do you plan to assign more numbers than can be assigned directly?"),
        error_messages={"required": gettext_lazy("Say how many numbers you plan.")},
    )

    reveals = {
        "categories_fit": {"no": ("sub_use_cases",)},
        "embedded_link": {"yes": ("embedded_link_sample",)},
        "age_gated": {"yes": ("age_gate",)},
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The bounds are those of the draft's use case, the number that of the carrier's policy."""
        super().__init__(*args, **kwargs)
        rules = policy()
        self.least, self.most = sub_bounds(self.draft.use_case)
        if not self.most:
            for name in _CATEGORIES:
                del self.fields[name]
        else:
            field = self.fields["sub_use_cases"]
            codes = rules.sub_use_cases.value
            field.choices = [(code, choices.UseCase(code).label) for code in codes]  # type: ignore[attr-defined]
            field.widget.option_hints = {code: choices.MEANINGS[choices.UseCase(code)] for code in codes}
            field.help_text = _("At least %(least)d, at most %(most)d.") % {
                "least": self.least,
                "most": self.most,
            }
        more = rules.direct_limit.value + 1
        pool = self.fields["number_pool"]
        pool.label = format_lazy(gettext_lazy("Do you plan {count} numbers or more?"), count=more)
        pool.help_text = format_lazy(
            gettext_lazy(
                "It is declared to the carriers, and asks for nothing yet: up to {most} numbers are assigned directly, "
                "more are asked for once the campaign is active, which can take up to four weeks."
            ),
            most=rules.direct_limit.value,
        )

    @classmethod
    def fields_of(cls, draft: Any) -> dict[str, Any]:
        """As the questions were answered: those who said yes have picked nothing."""
        found = super().fields_of(draft)
        return found | {
            "sub_use_cases": _in_order(found["sub_use_cases"]) if draft.categories_fit is False else []
        }

    @classmethod
    def answers_of(cls, draft: Any) -> dict[str, Any]:
        """As they are shown."""
        return cls.fields_of(draft)

    def clean(self) -> dict[str, Any]:
        """What follows from an answer is asked only where it was given."""
        cleaned = super().clean() or {}
        if not cleaned.get("embedded_link"):
            self._not_asked(cleaned, ("embedded_link_sample",))
        if not cleaned.get("age_gated"):
            self._not_asked(cleaned, ("age_gate",))
        if self.most:
            self._check_kinds(cleaned)
        return cleaned

    def _check_kinds(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("categories_fit") is not False:
            self._not_asked(cleaned, ("sub_use_cases",), [])
        elif "sub_use_cases" in cleaned:
            picked = cleaned["sub_use_cases"] = _in_order(cleaned["sub_use_cases"])
            if not self.least <= len(picked) <= self.most:
                bounds = {"least": self.least, "most": self.most, "now": len(picked)}
                self.add_error(
                    "sub_use_cases",
                    _("Choose at least %(least)d and at most %(most)d kinds of messages; these are %(now)d.")
                    % bounds,
                )

    @classmethod
    def columns_of(cls, answers: Mapping[str, Any], draft: Any) -> dict[str, Any]:
        """Those for whom the five categories fit send these five."""
        found = dict(answers)
        if found.get("categories_fit"):
            found["sub_use_cases"] = [case.value for case in choices.FIVE]
        return found


def _in_order(codes: Any) -> list[str]:
    """Each once, in the order in which they are offered."""
    return [code for code in policy().sub_use_cases.value if code in set(codes or ())]
