"""What is said to whom: the sample messages, the description and the replies, and the message flow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import choices, defaults, flow
from campaigns.forms import CampaignForm
from campaigns.rules_subject import MOST_SAMPLES, SAMPLE, sample_field
from campaigns.use_cases import policy
from portal.ui.fields import WebAddressField
from portal.ui.text import many_lines

_KEYWORD = re.compile(r"[A-Z0-9]{1,20}")
_ANY_SAMPLE = re.compile(r"sample_(\d+)")
SAMPLES = tuple(sample_field(number) for number in range(1, MOST_SAMPLES + 1))


class SamplesForm(CampaignForm):
    """Two to five messages of the kind that will be sent (seed). Gaps between them close when they are saved."""

    # So many boxes are shown; more when more are filled in.
    boxes = 0

    @classmethod
    def fields_of(cls, draft: Any) -> dict[str, Any]:
        """One by one."""
        texts = [*draft.samples[:MOST_SAMPLES], *[""] * MOST_SAMPLES]
        return dict(zip(SAMPLES, texts, strict=False))

    @classmethod
    def answers_of(cls, draft: Any) -> dict[str, Any]:
        """As they are shown."""
        return cls.fields_of(draft)

    @property
    def shown(self) -> int:
        """How many boxes the page shows: two, those that are filled in, and those that were asked for."""
        least, most = policy().samples.value
        filled = [number for number, name in enumerate(SAMPLES, start=1) if self[name].value()]
        return min(max([least, self.boxes, *filled]), most)

    @property
    def rows(self) -> list[tuple[int, forms.BoundField, bool]]:
        """Number, question, and whether the page shows it from the start."""
        return [(number, self[name], number <= self.shown) for number, name in enumerate(SAMPLES, start=1)]

    @property
    def least(self) -> int:
        """How many there have to be."""
        return policy().samples.value[0]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As many are asked for as there have to be."""
        super().__init__(*args, **kwargs)
        for number, name in enumerate(SAMPLES[: self.least], start=1):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = _(
                "Write at least %(least)d sample messages: number %(number)d is empty."
            ) % {"least": self.least, "number": number}

    def clean(self) -> dict[str, Any]:
        """At least two, at most five, in whichever boxes; empty ones between them are closed up."""
        cleaned = super().clean() or {}
        least, most = policy().samples.value
        sent = [int(match[1]) for match in map(_ANY_SAMPLE.fullmatch, self.data) if match]
        if any(number > most and self.data.get(sample_field(number)) for number in sent):
            self.add_error(None, _("A campaign takes %(most)d sample messages at most.") % {"most": most})
        filled = sum(bool(self[name].value()) for name in SAMPLES)
        empty = [name for name in SAMPLES[:least] if not self[name].value()]
        self._not_asked(cleaned, empty[max(0, least - filled) :])
        if not self.errors:
            texts = [cleaned[name] for name in SAMPLES if cleaned[name]]
            cleaned.update(zip(SAMPLES, [*texts, *[""] * MOST_SAMPLES], strict=False))
        return cleaned

    def columns_typed(self) -> dict[str, Any]:
        """In their places: what is refused, and an empty box, is empty there."""
        return {"samples": ["" if name in self.errors else str(self[name].value() or "") for name in SAMPLES]}

    @classmethod
    def columns_of(cls, answers: Mapping[str, Any], draft: Any) -> dict[str, Any]:
        """One list."""
        return {"samples": [answers[name] for name in SAMPLES if answers.get(name)]}


def _sample(number: int) -> forms.CharField:
    return forms.CharField(
        label=format_lazy(gettext_lazy("Sample message {number}"), number=number),
        min_length=SAMPLE[0],
        max_length=SAMPLE[1],
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


SamplesForm.base_fields |= {name: _sample(number) for number, name in enumerate(SAMPLES, start=1)}


class KeywordsField(forms.CharField):
    """Words that people text: separated by commas, in capitals, as the registry wants them."""

    def __init__(self, **kwargs: Any) -> None:
        """As a text of the registry's length."""
        attrs = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        super().__init__(max_length=255, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """ "STOP,END": blanks and other separators become commas, each word stands once. Raises ValidationError."""
        text: str = super().clean(value)
        words = list(dict.fromkeys(word.upper() for word in re.split(r"[\s,;]+", text) if word))
        wrong = next((word for word in words if not _KEYWORD.fullmatch(word)), None)
        if wrong is not None:
            raise forms.ValidationError(
                _("“%(word)s” cannot be a keyword: use up to 20 letters from A to Z and digits.")
                % {"word": wrong[:40]}
            )
        return ",".join(words)


def _reply(label: Any, hint: Any, missing: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        min_length=20,
        max_length=320,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing},
    )


class TextsForm(CampaignForm):
    """What carriers want today beyond the seed: who texts whom and why, two policies, keywords and replies."""

    description = forms.CharField(
        label=gettext_lazy("Description"),
        min_length=40,
        max_length=4096,
        help_text=gettext_lazy(
            "Who sends, to whom, and what for. In English, because reviewers read it. Written from your answers; "
            "make it yours."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Describe the campaign.")},
    )
    privacy_url = WebAddressField(
        label=gettext_lazy("Privacy policy"),
        max_length=255,
        error_messages={"required": gettext_lazy("Enter the address of your privacy policy.")},
    )
    terms_url = WebAddressField(
        label=gettext_lazy("Terms and conditions"),
        max_length=255,
        help_text=gettext_lazy(
            "They name the programme, how often you text, rates, HELP, STOP, and that carriers are not liable."
        ),
        error_messages={"required": gettext_lazy("Enter the address of your terms and conditions.")},
    )
    optin_keywords = KeywordsField(
        label=gettext_lazy("Opt-in keywords"),
        required=False,
        help_text=gettext_lazy(
            "Words that people text to join, separated by commas. We write them in capitals."
        ),
    )
    optin_message = _reply(
        gettext_lazy("Reply to an opt-in"),
        gettext_lazy("Names the company, how often, rates, HELP and STOP."),
        gettext_lazy("Write the reply to an opt-in."),
    )
    optout_keywords = KeywordsField(
        label=gettext_lazy("Opt-out keywords"),
        help_text=gettext_lazy("STOP is one of them, always."),
        error_messages={"required": gettext_lazy("Enter the opt-out keywords, such as STOP.")},
    )
    optout_message = _reply(
        gettext_lazy("Reply to an opt-out"),
        gettext_lazy("Names the company, and says that no more messages come."),
        gettext_lazy("Write the reply to an opt-out."),
    )
    help_keywords = KeywordsField(
        label=gettext_lazy("HELP keywords"),
        help_text=gettext_lazy("HELP is one of them, always."),
        error_messages={"required": gettext_lazy("Enter the HELP keywords, such as HELP.")},
    )
    help_message = _reply(
        gettext_lazy("Reply to HELP"),
        gettext_lazy("Names the company, and an e-mail address, a phone number or a page of its own."),
        gettext_lazy("Write the reply to HELP."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Examples at the brand's own domain; opt-in keywords are needed by those who collect consent so."""
        super().__init__(*args, **kwargs)
        site = self.draft.brand.website if self.draft.brand is not None else ""
        self.fields["privacy_url"].help_text = format_lazy(
            gettext_lazy(
                "A page at your own domain, such as {address}, that says that phone numbers and consent are never "
                "shared or sold."
            ),
            address=f"{site or 'https://www.example.com'}/privacy",
        )
        if choices.Consent.KEYWORD in self.draft.consent:
            field = self.fields["optin_keywords"]
            field.required = True
            field.error_messages["required"] = _("Enter the keywords with which people join, such as START.")

    @classmethod
    def opened(cls, draft: Any, **kwargs: Any) -> TextsForm:
        """Before the step was ever saved: with texts written from the brand."""
        first = cls.fields_of(draft)
        if not first["description"]:
            written = defaults.texts(draft)
            first = {name: value or written.get(name, "") for name, value in first.items()}
        return cls(initial=first, draft=draft, **kwargs)


class FlowForm(CampaignForm):
    """The whole message flow. Left as it was composed it follows the other answers; changed, it is one's own."""

    message_flow = forms.CharField(
        label=gettext_lazy("Message flow"),
        min_length=40,
        max_length=flow.LONGEST,
        help_text=gettext_lazy("This is what reviewers read to find out how people agreed. In English."),
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={
            "required": gettext_lazy("Write how people agree to be texted, or compose it again.")
        },
    )

    @classmethod
    def fields_of(cls, draft: Any) -> dict[str, Any]:
        """One's own text; else, once it was confirmed, what the answers make now."""
        text = draft.message_flow
        return {"message_flow": text if draft.message_flow_own or not text else composed(draft)}

    @classmethod
    def answers_of(cls, draft: Any) -> dict[str, Any]:
        """As it is shown."""
        return cls.fields_of(draft)

    @classmethod
    def opened(cls, draft: Any, **kwargs: Any) -> FlowForm:
        """Composed, as long as nobody wrote another one."""
        text = draft.message_flow if draft.message_flow_own else composed(draft)
        return cls(initial={"message_flow": text}, draft=draft, **kwargs)

    @classmethod
    def columns_of(cls, answers: Mapping[str, Any], draft: Any) -> dict[str, Any]:
        """The text, and whether it is somebody's own."""
        text = answers.get("message_flow", "")
        return {"message_flow": text, "message_flow_own": bool(text) and text != composed(draft)}


def composed(draft: Any) -> str:
    """The message flow from the answers, as a text field gives it back."""
    return many_lines(flow.compose(draft))
