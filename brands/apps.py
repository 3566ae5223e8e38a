"""10DLC brands: the company behind the messages, as the registry knows it."""

from django.apps import AppConfig


class BrandsConfig(AppConfig):
    """App `brands`: wizard, life cycle and pages of a brand."""

    name = "brands"
    label = "brands"

    def ready(self) -> None:
        """Tell the loop how a brand is filed and read, and the audit log how its events are told."""
        from brands import (
            confirming,
            contacting,
            deleting,
            lifecycle,
            passwords,
            resubmitting,
            states,
            sweeping,
            telling,
            things,
        )
        from portal.lifecycle import blocking, handlers
        from portal.lifecycle.twins import CANCEL

        others: dict[str, handlers.Filing] = {
            confirming.PURPOSE: confirming.ConfirmMail(),
            contacting.PURPOSE: contacting.ContactChange(),
            passwords.SEND: passwords.SendPassword(),
            passwords.CHECK: passwords.CheckPassword(),
            CANCEL: sweeping.TwinCancelling(),
        }
        handlers.register(
            "brand",
            watching=lifecycle.BrandWatching(),
            register=lifecycle.BrandRegistration(),
            update=resubmitting.BrandUpdate(),
            review=resubmitting.BrandReview(),
            delete=deleting.BrandDeletion(),
            **others,
        )
        blocking.blocks("brand", deleting.campaigns_there)
        handlers.register_sweeping("brand", sweeping.BrandSweeping())
        sweeping.teach()
        states.teach()
        telling.teach_words()
        things.know_brands()
