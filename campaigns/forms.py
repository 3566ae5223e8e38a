"""What all steps of the campaign wizard share, and the short ones: the brand, the requirements, the renewal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from brands import states as brand_states
from brands.models import Brand
from campaigns.readiness import Obstacle, carrying, obstacle
from campaigns.use_cases import policy
from portal.ui.fields import NO, YES, YesNoField
from portal.ui.forms import PortalForm
from portal.ui.looks import Text


class CampaignForm(PortalForm):
    """One step. `reveals` says which questions belong to an answer: {question: {answer: its questions}}."""

    reveals: ClassVar[Mapping[str, Mapping[str, tuple[str, ...]]]] = {}

    @property
    def outer(self) -> list[forms.BoundField]:
        """The questions that stand on the page by themselves; those that an answer opens are tied to theirs, for
        the tag `field`."""
        inner: set[str] = set()
        for name, opened in self.reveals.items():
            inner.update(*opened.values())
            if name in self.fields:
                self[name].reveals = {  # type: ignore[attr-defined]
                    answer: [self[one] for one in names] for answer, names in opened.items()
                }
        return [bound for bound in self if bound.name not in inner]

    @classmethod
    def columns_of(cls, answers: Mapping[str, Any], draft: Any) -> dict[str, Any]:
        """The columns of `draft` that these clean answers are kept in."""
        return dict(answers)

    def columns_typed(self) -> dict[str, Any]:
        """The columns as far as the bound answers are valid, to be looked at and not saved."""
        # Reading the errors validates; without it there are no cleaned answers.
        self.errors  # noqa: B018
        return self.columns_of(self.cleaned_data, self.draft)

    def words_of(self, name: str, value: Any, *, is_typed: bool) -> Text:
        """An answer as people read it, also a yes or no and several choices."""
        field = self.fields[name]
        if isinstance(field, YesNoField):
            return super().words_of(name, field.prepare_value(value), is_typed=is_typed)
        if isinstance(field, forms.MultipleChoiceField):
            return in_words(field, value)
        return super().words_of(name, value, is_typed=is_typed)

    def _not_asked(self, cleaned: dict[str, Any], names: Iterable[str], empty: Any = "") -> None:
        """Answers to questions that another answer closed: never checked, and not kept."""
        for name in names:
            self.errors.pop(name, None)
            cleaned[name] = empty


def in_words(field: forms.MultipleChoiceField, values: Iterable[str]) -> str:
    """Several choices in their order, as people read them."""
    chosen = set(values or ())
    offered = cast("Iterable[tuple[str, Text]]", field.choices)
    return ", ".join(str(label) for value, label in offered if value in chosen)


def choosable(draft: Any) -> list[Brand]:
    """The brands that a campaign can be begun for: those that carry campaigns now and the draft's own. While
    there is none that does, those that may yet.
    """
    ready, waiting = _brands(draft)
    mine = draft.brand
    if not ready or mine is None or mine in ready or mine.status in brand_states.GOING:
        return ready or waiting
    return [mine, *ready]


def _brands(draft: Any) -> tuple[list[Brand], list[Brand]]:
    """The organization's brands that are ready, and those that may be; asked once for the same `draft`."""
    if not hasattr(draft, "brands_to_choose"):
        ready = carrying()
        waiting = [] if ready else Brand.objects.exclude(status__in=brand_states.GOING)
        draft.brands_to_choose = (ready, sorted(waiting, key=lambda brand: brand.name.casefold()))
    found: tuple[list[Brand], list[Brand]] = draft.brands_to_choose
    return found


def has_choice(draft: Any) -> bool:
    """Is there anything to choose, or is the only brand chosen already? A submitted campaign keeps its brand."""
    return draft.is_draft and [brand.pk for brand in choosable(draft)] != [draft.brand_id]


class BrandForm(CampaignForm):
    """Which brand sends the messages."""

    brand = forms.ChoiceField(
        label=_("Brand"),
        widget=forms.RadioSelect,
        help_text=_("It cannot be changed once the campaign is submitted."),
        error_messages={"required": _("Choose the brand that sends the messages.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The organization's brands, each with what is in its way."""
        super().__init__(*args, **kwargs)
        self.brands = {str(brand.pk): brand for brand in choosable(self.draft)}
        field = self.fields["brand"]
        field.choices = [(key, brand.name) for key, brand in self.brands.items()]  # type: ignore[attr-defined]
        problems = {key: obstacle(brand) for key, brand in self.brands.items()}
        self.waits = all(problem is not None for problem in problems.values())
        # Every brand with what is in its way; one that is still to be made where there is none.
        self.problems: list[tuple[Brand | None, Obstacle | None]] = [
            (self.brands[key], problem) for key, problem in problems.items()
        ] or [(None, obstacle(None))]
        field.widget.option_hints = {
            key: problem.what for key, problem in problems.items() if problem is not None
        }

    @classmethod
    def fields_of(cls, draft: Any) -> dict[str, Any]:
        """The brand by its id."""
        return {"brand": str(draft.brand_id or "")}

    @classmethod
    def opened(cls, draft: Any, **kwargs: Any) -> BrandForm:
        """With the brand chosen where there is only one."""
        offered = choosable(draft)
        only = str(offered[0].pk) if len(offered) == 1 else ""
        return cls(initial={"brand": str(draft.brand_id or only)}, draft=draft, **kwargs)

    @classmethod
    def answers_of(cls, draft: Any) -> dict[str, Any]:
        """As it is shown."""
        return cls.fields_of(draft)

    @classmethod
    def columns_of(cls, answers: Mapping[str, Any], draft: Any) -> dict[str, Any]:
        """The link to it."""
        return {"brand_id": answers["brand"]} if answers.get("brand") else {}


class RequirementsForm(CampaignForm):
    """The three things that carriers require of everybody (seed)."""

    collects_opt_ins = forms.BooleanField(
        label=_("We collect and process consumers' opt-ins"),
        help_text=_("Nobody is texted who did not agree to it, and you can show when and how they did."),
        error_messages={"required": _("Tick that you collect and process opt-ins: no carrier goes without.")},
    )
    processes_opt_outs = forms.BooleanField(
        label=_("We collect and process consumers' opt-outs"),
        help_text=_("Whoever replies STOP, or says it in any other way, gets no more messages."),
        error_messages={
            "required": _("Tick that you collect and process opt-outs: no carrier goes without.")
        },
    )
    answers_help = forms.BooleanField(
        label=_("We answer the keyword HELP and tell customers how to reach the sender"),
        help_text=_("The reply names the company and an e-mail address, a phone number or a web page."),
        error_messages={"required": _("Tick that you answer HELP: no carrier goes without.")},
    )


class RenewalForm(CampaignForm):
    """Whether the campaign is renewed by itself (seed)."""

    auto_renewal = YesNoField(
        label=_("Renew the campaign automatically?"),
        help_text=_("You can change your mind until the last day, on the campaign's page."),
        error_messages={"required": _("Choose whether the campaign is renewed automatically.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """What each answer means, by the carrier's policy."""
        super().__init__(*args, **kwargs)
        months = policy().months.value
        days = ", ".join(str(one) for one in policy().reminders.value)
        self.fields["auto_renewal"].widget.option_hints = {
            YES: format_lazy(
                _("The carrier renews and charges it every {months} months, until you say otherwise."),
                months=months,
            ),
            NO: format_lazy(
                _("It ends {months} months after it became active. You are reminded {days} days before."),
                months=months,
                days=days,
            ),
        }
