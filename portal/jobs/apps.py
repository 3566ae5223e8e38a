"""Long work in rows: done step by step by the one loop."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """App `jobs`: work that takes longer than a page may, such as a file of a hundred thousand rows."""

    name = "portal.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Let the loop work on jobs, too."""
        from portal.jobs.stepping import step
        from portal.lifecycle import loop
        from portal.lifecycle.models import Due

        loop.STEPS[Due.JOB] = step
