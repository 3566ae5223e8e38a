"""One line of JSON per log record, so that any log collector can read it; and what a report of an error may tell."""

from __future__ import annotations

import logging
from collections.abc import ItemsView
from types import FrameType
from typing import Any

import structlog
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from portal.lib.tax_ids import blotted


def without_tax_ids(_logger: Any, _method: str, line: Any) -> str:
    """The last processor: a library's exception may quote what no code of ours would log."""
    return blotted(str(line))


class Report(ExceptionReporter):
    """Django's report of an error, without anything that looks like a tax id."""

    def get_traceback_html(self) -> SafeString:
        """As a page."""
        return SafeString(blotted(super().get_traceback_html()))

    def get_traceback_text(self) -> SafeString:
        """As plain text."""
        return SafeString(blotted(super().get_traceback_text()))


class Discreet(SafeExceptionReporterFilter):
    """Reports of errors, such as Django mails to admins, tell where it happened and nothing that anybody typed.

    Which of the values is a tax id, nobody can say by the name of a variable, so none is shown. On a
    developer's own machine (DEBUG) all are.
    """

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """The names of what was posted."""
        shown = super().get_post_parameters(request)
        return dict.fromkeys(shown, self.cleansed_substitute) if self.is_active(request) else dict(shown)

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> ItemsView[str, Any]:
        """The names of local variables."""
        if not self.is_active(request):
            return super().get_traceback_frame_variables(request, tb_frame)
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()


def formatter() -> logging.Formatter:
    """The formatter of the console handler: records of structlog and of plain logging alike."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.contextvars.merge_contextvars,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
            without_tax_ids,
        ],
    )
