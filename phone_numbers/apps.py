"""Phone numbers: which campaign each belongs to."""

from django.apps import AppConfig


class NumbersConfig(AppConfig):
    """App `numbers`, in the package `phone_numbers`: a package `numbers` would shadow Python's own."""

    name = "phone_numbers"
    label = "numbers"

    def ready(self) -> None:
        """Tell campaigns what to let go when one is deleted, and the audit log how numbers are called."""
        from campaigns.deleting import releases
        from phone_numbers import releasing, states, things

        releases(releasing.let_go)
        states.teach()
        things.know_numbers()
