"""10DLC campaigns: what is texted, to whom, and with whose consent."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """App `campaigns`: wizard, linter, life cycle, renewal and pages of a campaign."""

    name = "campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Tell the loop how a campaign is filed and read, and the audit log how its events are told."""
        from brands.models import Brand
        from campaigns import (
            appealing,
            deleting,
            lifecycle,
            outlook,
            readiness,
            renewal_writes,
            resubmitting,
            states,
            sweeping,
            telling,
            things,
        )
        from portal.lifecycle import handlers
        from portal.lifecycle.blocking import blocks
        from portal.lifecycle.twins import CANCEL

        others: dict[str, handlers.Filing] = {
            CANCEL: sweeping.TwinCancelling(),
            outlook.FLAG: renewal_writes.AutoRenewal(),
            outlook.CALL: renewal_writes.PeriodCall(),
        }

        handlers.register(
            "campaign",
            watching=lifecycle.CampaignWatching(),
            register=lifecycle.CampaignRegistration(),
            update=resubmitting.CampaignUpdate(),
            appeal=appealing.CampaignAppeal(),
            delete=deleting.CampaignDeletion(),
            **others,
        )
        handlers.register_sweeping("campaign", sweeping.CampaignSweeping())
        blocks(Brand.kind, readiness.keeps)
        states.teach()
        sweeping.teach()
        telling.teach_words()
        things.know_campaigns()
