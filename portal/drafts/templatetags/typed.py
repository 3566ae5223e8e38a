"""A tag of the pages that offer typed text again."""

from __future__ import annotations

from django import template
from django.utils.http import urlencode

from portal.drafts.stepping import BEGIN_WITH

register = template.Library()


@register.simple_tag
def begin_with(url: str, wanted: object) -> str:
    """`url`, the address of a step, opened with `wanted`: "stored", or the id of earlier answers."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode({BEGIN_WITH: str(wanted)})}"
