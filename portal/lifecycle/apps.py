"""The life cycle of everything that is filed with a carrier."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LifecycleConfig(AppConfig):
    """App `lifecycle`: states and moves, submissions, watches, and the one loop that works on them."""

    name = "portal.lifecycle"
    label = "lifecycle"

    def ready(self) -> None:
        """Say how the house's log tells of carrier accounts."""
        from portal.audit.sentences import Told, teach
        from portal.audit.things import Thing, know
        from portal.lifecycle import shared

        know(shared.ACCOUNT_KIND, Thing(_("Carrier account")))
        teach(shared.PAUSED, Told(_("%(actor)s paused all submissions"), "late", "suspended"))
        teach(shared.RESUMED, Told(_("%(actor)s resumed the submissions"), "ok", "verified"))
        teach(shared.KEY_REFUSED, Told(_("The carrier refused the portal's credentials"), "bad", "lock"))
        teach(shared.KEY_ACCEPTED, Told(_("The carrier accepted new credentials"), "ok", "verified"))
