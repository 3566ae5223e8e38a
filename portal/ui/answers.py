"""What a step of a wizard was opened from, and what it is compared with when it comes back.

A page carries one short keyed hash per answer (`opened_from`), so that the server can tell three things
apart: what was stored when the page was opened, what is stored now, and what was typed. Nobody learns an
answer from the hashes, and where an answer is secret they are made of the token that stands for it.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.crypto import salted_hmac

from portal.lib.sealing import CannotOpen, Sealer
from portal.ui.forms import PortalForm
from portal.ui.looks import Text

# Names of what a step's page sends beside its answers.
OPENED_FROM = "opened-from"
DECISION = "decision"
MARKED = "marked-"
SEALED = "sealed-"

# What the page that compares lets one decide: all of the one, all of the other, or answer by answer.
TYPED, STORED, EACH = "typed", "stored", "each"

# 64 bits under a key that nobody else has: two answers would have to meet by chance.
_DIGITS = 16
_OPENED_FROM = re.compile(
    rf"[a-z_0-9]{{1,60}}:[0-9a-f]{{{_DIGITS}}}(?:\.[a-z_0-9]{{1,60}}:[0-9a-f]{{{_DIGITS}}}){{0,99}}"
)
_SALT = "portal.ui.answers"


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer of which there are two, in words. `theirs`: only the other side changed it, so what is
    stored is what one would take.
    """

    name: str
    label: Text
    typed: Text
    stored: Text
    theirs: bool


def opened_from(form_class: type[PortalForm], draft: Any, scope: str) -> str:
    """What a page shows of `draft`, as hashes: "name:hash.name:hash". `scope` names the draft and the step, so
    that equal answers elsewhere look different.
    """
    answers = form_class.answers_of(draft)
    return ".".join(
        f"{name}:{_hash(settings.SECRET_KEY, scope, name, answers[name])}" for name in sorted(answers)
    )


def readable(text: str) -> str:
    """`text` if it can be what a page of ours was opened from, else ""."""
    return text if _OPENED_FROM.fullmatch(text) else ""


def differences(form: PortalForm, opened: str, scope: str) -> list[Difference]:
    """Where the valid `form` and what its draft holds now differ, if somebody changed what it was `opened` from.

    Nothing when all that changed meanwhile says the same as the form, and nothing for a page that does not
    say what it was opened from.
    """
    stored, typed = form.answers_of(form.draft), form.typed_answers()
    before = dict(pair.split(":") for pair in readable(opened).split(".")) if readable(opened) else {}
    names = [name for name in form.fields if name in stored and typed[name] != stored[name]]
    moved = {name for name in names if name in before and not _was(before[name], scope, name, stored[name])}
    if not moved:
        return []
    return [
        Difference(
            name,
            form.fields[name].label or name,
            form.words_of(name, typed[name], is_typed=True),
            form.words_of(name, stored[name], is_typed=False),
            name in moved and _was(before[name], scope, name, typed[name]),
        )
        for name in names
    ]


def carried(form: PortalForm, scope: str) -> list[tuple[str, str]]:
    """The answers of `form` for the hidden inputs of the page that compares; a secret one only sealed."""
    pairs: list[tuple[str, str]] = []
    for name, field in form.fields.items():
        values = form.data.getlist(name) if isinstance(form.data, QueryDict) else [form.data.get(name, "")]
        if not getattr(field, "never_kept", False):
            pairs += [(name, str(value)) for value in values]
        elif values and values[-1]:
            pairs.append((f"{SEALED}{name}", _sealer().seal(f"{scope} {values[-1]}")))
    return pairs


def decided(data: QueryDict, form_class: type[PortalForm], draft: Any, scope: str) -> QueryDict:
    """What was sent, after what the person decided on the page that compares: answers marked as stored are
    taken from `draft`, sealed ones are opened. Anything else stays as it is.
    """
    if data.get(DECISION) not in {TYPED, EACH}:
        return data
    copy = data.copy()
    for name, field in form_class.base_fields.items():
        _open(copy, name, scope)
        if data[DECISION] == EACH and data.get(f"{MARKED}{name}") == STORED:
            # A secret answer that stays as it is, is an empty one.
            secret = getattr(field, "never_kept", False)
            stored = "" if secret else field.prepare_value(form_class.fields_of(draft).get(name, ""))
            # Of several choices each is a value of its own.
            copy.setlist(name, stored if isinstance(stored, list) else [stored])
    return copy


def raw(form: PortalForm) -> dict[str, Any]:
    """What was typed into `form`, valid or not, by field; no secret answer."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
        if not getattr(field, "never_kept", False)
    }


def same_text(form: PortalForm, answers: Mapping[str, Any]) -> bool:
    """Would the unbound `form` show just these raw `answers`?"""
    return all(
        _plain(form[name].value()) == _plain(value) for name, value in answers.items() if name in form.fields
    )


def _plain(value: Any) -> Any:
    """A value as a control shows it: nothing, "" and an empty box are the same."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [str(one) for one in value]
    return str(value) if value else ""


def _open(data: QueryDict, name: str, scope: str) -> None:
    sealed = data.get(f"{SEALED}{name}", "")
    if not sealed:
        return
    try:
        whose, _blank, value = _sealer().open(sealed).partition(" ")
    except (CannotOpen, ValueError):
        return
    if whose == scope:
        data[name] = value


def _sealer() -> Sealer:
    return Sealer(
        [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS], purpose="an answer between two pages"
    )


def _hash(key: str, scope: str, name: str, value: Any) -> str:
    said = json.dumps([scope, name, value], default=str)
    return salted_hmac(_SALT, said, secret=key, algorithm="sha256").hexdigest()[:_DIGITS]


def _was(before: str, scope: str, name: str, value: Any) -> bool:
    """Is `before` the hash of `value`, under the present key or a former one?"""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(hmac.compare_digest(before, _hash(key, scope, name, value)) for key in keys)
