"""10DLC brands: the company behind the messages, as the registry knows it."""

from django.apps import AppConfig


class BrandsConfig(AppConfig):
    """App `brands`: wizard, life cycle and pages of a brand."""

    name = "brands"
    label = "brands"

    def ready(self) -> None:
        """Tell the loop how a brand is filed and read, and the audit log how its events are told."""
        from brands import lifecycle, states, telling, things
        from portal.lifecycle import handlers

        handlers.register("brand", watching=lifecycle.BrandWatching(), register=lifecycle.BrandRegistration())
        states.teach()
        telling.teach_words()
        things.know_brands()
