"""Handing out a file: always as a download, never as something that a browser shows or runs."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from portal.support.models import Attachment, Content

# Were a browser to show it all the same: no script, no form, no origin.
_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"


def as_download(attachment: Attachment) -> HttpResponse:
    """The file, in the scope of its organization. It is small enough (`files.LARGEST`) to be sent in one piece."""
    data = Content.objects.values_list("data", flat=True).get(attachment=attachment)
    return HttpResponse(
        bytes(data),
        content_type=attachment.content_type,
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=attachment.name),
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
