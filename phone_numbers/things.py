"""How the audit log names a number."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from phone_numbers import adding, describing, syncing
from phone_numbers.import_models import Import
from phone_numbers.models import Assignment, Number
from portal.audit.sentences import Told, teach
from portal.audit.things import Thing, know
from portal.lib.phones import shown as shown_phone


def know_numbers() -> None:
    """Called once, when the app is ready."""
    know(
        Number.kind,
        Thing(_("Phone number"), names=_names, page=lambda pk: reverse("numbers:detail", args=[pk])),
    )
    teach(adding.ADDED, Told(_("%(actor)s added the number"), "mute", "plus"))
    teach(adding.BACK, Told(_("%(actor)s added the number again"), "mute", "plus"))
    teach(
        describing.CHANGED, Told(_("%(actor)s changed what the number is called or serves"), "mute", "pencil")
    )
    know(
        Import.kind,
        Thing(_("File of numbers"), names=_files, page=lambda pk: reverse("numbers:import", args=[pk])),
    )
    know(Assignment.kind, Thing(_("Assignment of a number"), names=_assigned))
    know(
        syncing.KIND, Thing(_("Phone numbers"), names=_inventories, page=lambda _pk: reverse("numbers:list"))
    )
    for action, told in _FETCHED.items():
        teach(action, told)


_FETCHED = {
    syncing.ASKED: Told(_("%(actor)s had the numbers fetched from the carrier"), "mute", "refresh"),
    syncing.CAN_TEXT: Told(_("The carrier says that the number can do SMS now"), "ok", "verified"),
    syncing.CANNOT_TEXT: Told(_("The carrier says that the number cannot do SMS"), "late", "warning"),
    syncing.NOT_LISTED: Told(_("The carrier does not list the number for you any more"), "late", "warning"),
    syncing.LISTED_AGAIN: Told(_("The carrier lists the number for you again"), "mute", "refresh"),
}


def _inventories(ids: Collection[UUID]) -> dict[UUID, str]:
    """An organization has one, and it needs no name."""
    return dict.fromkeys(ids, "")


def _names(ids: Collection[UUID]) -> dict[UUID, str]:
    return {number.pk: shown_phone(number.e164) for number in Number.objects.filter(pk__in=ids)}


def _assigned(ids: Collection[UUID]) -> dict[UUID, str]:
    rows = Assignment.objects.filter(pk__in=ids).values_list("pk", "e164")
    return {pk: shown_phone(e164) for pk, e164 in rows}


def _files(ids: Collection[UUID]) -> dict[UUID, str]:
    return {source.pk: source.file_name for source in Import.objects.filter(pk__in=ids)}
