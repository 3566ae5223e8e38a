"""The control pages for faults and webhooks. For a person on this machine."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from portal.practice import clock
from portal.practice.control import ACCOUNTS_SHOWN, bad_request, page_of
from portal.practice.faults import switching
from portal.practice.faults.catalogue import EFFECTS
from portal.practice.faults.presets import PRESETS
from portal.practice.ledger import BadFilter
from portal.practice.looks import look_of_delivery
from portal.practice.models import Account, Delivery, Registry
from portal.practice.switch_forms import FaultForm, PresetForm
from portal.practice.webhooks import asking, signing
from portal.practice.wire import kept

DELIVERIES_SHOWN = 50


@require_safe
def faults(request: HttpRequest) -> HttpResponse:
    """What is on, and two forms that switch on."""
    return _faults(request, PresetForm(auto_id="preset_%s"), FaultForm(auto_id="fault_%s"))


@require_http_methods(["GET", "HEAD", "POST"])
def fault_on(request: HttpRequest, kind: str) -> HttpResponse:
    """Switch on a preset (`kind` "preset") or a fault of one's own ("own")."""
    if kind not in ("preset", "own"):
        raise Http404
    if request.method != "POST":
        return redirect("faults")
    sent = request.POST
    preset = PresetForm(sent if kind == "preset" else None, auto_id="preset_%s")
    own = FaultForm(sent if kind == "own" else None, auto_id="fault_%s")
    form = preset if kind == "preset" else own
    if form.is_valid():
        try:
            made = switching.switch_on(form.order, clock.read())
        except switching.BadFault as problem:
            form.add_error(None, str(problem))
        else:
            count = len(made)
            messages.success(
                request, ngettext("%(n)s fault is on.", "%(n)s faults are on.", count) % {"n": count}
            )
            return redirect("faults")
    return _faults(request, preset, own, form=form, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
def fault_off(request: HttpRequest) -> HttpResponse:
    """Remove one fault (`fault`), or all."""
    if request.method == "POST":
        wanted = request.POST.get("fault", "")
        if wanted and not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
            raise Http404
        count = switching.switch_off(clock.read(), fault_id=int(wanted) if wanted else None)
        messages.success(
            request, ngettext("%(n)s fault removed.", "%(n)s faults removed.", count) % {"n": count}
        )
    return redirect("faults")


@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """Key, switch and the newest deliveries."""
    try:
        asked = {name: kept(request.GET.get(name, ""), 200) for name in ("brand", "outcome")}
        rows = asking.deliveries(**asked, limit=str(DELIVERIES_SHOWN))[::-1]
    except BadFilter as problem:
        return bad_request(request, problem)
    moment = clock.read()
    context = {
        "rows": [{"delivery": row, "look": look_of_delivery(row)} for row in rows],
        "public_key": signing.public(signing.key()),
        "off": moment.webhooks_off,
        "filtered": any(asked.values()),
    }
    return page_of(request, "webhooks", context)


@require_http_methods(["GET", "HEAD", "POST"])
def webhooks_switch(request: HttpRequest) -> HttpResponse:
    """Send webhooks, or send none."""
    if request.method == "POST":
        off = request.POST.get("off") == "yes"
        clock.read()
        Registry.objects.filter(pk=1).update(webhooks_off=off)
        said = _("No webhook is sent from now on.") if off else _("Webhooks are sent again.")
        messages.success(request, said)
    return redirect("webhooks")


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_again(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Send the event of a delivery once more."""
    if request.method == "POST":
        get_object_or_404(Delivery, pk=delivery_id)
        asking.again(delivery_id, clock.read())
        messages.success(request, _("It is sent again."))
    return redirect("webhooks")


def _faults(
    request: HttpRequest,
    preset: PresetForm,
    own: FaultForm,
    form: PresetForm | FaultForm | None = None,
    status: int = 200,
) -> HttpResponse:
    labels = dict(Account.objects.values_list("fingerprint", "label"))
    context = {
        "preset": preset,
        "own": own,
        "form": form,
        "rows": [
            {
                "fault": row,
                "says": PRESETS[row.name].says if row.name in PRESETS else EFFECTS[row.effect].says,
                "account": labels.get(row.account, row.account) if row.account else _("Everybody"),
                "match": ", ".join(f"{name} {value}" for name, value in row.match.items()),
                "values": ", ".join(
                    f"{name}={value}" for name, value in row.values.items() if value not in ("", None)
                ),
            }
            for row in switching.active()[-ACCOUNTS_SHOWN * 5 :]
        ],
        "effects": EFFECTS.values(),
        "seed": clock.read().seed,
    }
    return page_of(request, "faults", context, status=status)
