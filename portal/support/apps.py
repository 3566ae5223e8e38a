"""What organizations ask the operator's people for."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """App `support`: tickets, their threads and files, and the desk's own notes."""

    name = "portal.support"
    label = "support"

    def ready(self) -> None:
        """Make the type of plain questions known, and say how tickets are told and named."""
        from portal.support import kinds, states, telling, things

        kinds.register_questions()
        states.teach()
        telling.teach_words()
        things.know_tickets()
