"""The address that carriers send their events to. No session, no sign-in, no form: a signature or nothing."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal import clock
from portal.carriers.contract import NotGenuine
from portal.lifecycle import gateway, inbox

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
@never_cache
def event(request: HttpRequest, carrier: str, key: UUID) -> HttpResponse:
    """Take one event: 204 for what the carrier signed, whether or not anything of ours is meant; else 401.

    The body's size was bounded before it was read (`BODY_LIMITS`). Both answers are empty, so that nobody
    learns from them which keys exist.
    """
    try:
        account = gateway.account_of(carrier)
    except LookupError:
        raise Http404 from None
    times = clock.read()
    try:
        heard = inbox.proven(account, request.headers, _body(request), key=key, times=times)
    except NotGenuine as problem:
        log.warning("event refused", carrier=carrier, why=str(problem))
        inbox.refuse(account, times)
        return HttpResponse(status=401)
    new = inbox.hear(account, key, heard, times)
    log.info("event heard", carrier=carrier, type=heard.type, id=heard.id, new=new)
    return HttpResponse(status=204)


def _body(request: HttpRequest) -> bytes:
    """What was sent, byte by byte. Raises NotGenuine for a form with files: that was taken apart while it was read
    (`BodyFirstMiddleware`), and no carrier signs one.
    """
    try:
        return request.body
    except RawPostDataException:
        raise NotGenuine("a form, not an event") from None
