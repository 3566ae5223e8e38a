"""Phone numbers: which campaign each belongs to."""

from django.apps import AppConfig


class NumbersConfig(AppConfig):
    """App `numbers`, in the package `phone_numbers`: a package `numbers` would shadow Python's own."""

    name = "phone_numbers"
    label = "numbers"

    def ready(self) -> None:
        """Tell the loop how numbers are filed and read, campaigns what follows them, and others how it is told."""
        from campaigns.deleting import releases
        from campaigns.waking import wakes
        from phone_numbers import (
            importing,
            importing_work,
            lifecycle,
            pools,
            reading,
            releasing,
            states,
            syncing,
            telling,
            things,
            waking,
        )
        from portal.jobs import working
        from portal.lifecycle import handlers

        handlers.register(
            "assignment", assign=lifecycle.NumberAssignment(), unassign=lifecycle.NumberRelease()
        )
        handlers.register("roster", watching=reading.RosterWatching())
        handlers.register("inventory", watching=syncing.InventoryWatching())
        releases(releasing.let_go)
        wakes(waking.follow)
        working.register("import", check=importing_work.Checking(), apply=importing_work.Applying())
        importing.teach_sentences()
        releases(pools.let_go)
        pools.register()
        states.teach()
        telling.teach_words()
        things.know_numbers()
