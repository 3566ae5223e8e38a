"""Celery: an alarm clock, nothing more.

A message only says "look at the due table". Losing every message costs seconds, because the
tick of `portal.beat` says it again; so messages are acknowledged early, results are ignored and
nothing here waits longer than seconds. Sources of the numbers: measured in reliability runs
(a task of a killed worker was not redelivered within 75 s without the two `unacked` settings).
"""

from __future__ import annotations

import os
from typing import Any, Self

from celery import Celery
from celery.app.amqp import AMQP
from celery.signals import worker_init
from django.conf import settings
from kombu import Connection

from portal import beat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# Between two tries of a worker to reach the broker again. Work has to resume within ten seconds of its return.
RETRY_SECONDS = 2


class PatientConnection(Connection):
    """A connection that is tried again every two seconds, however long the broker was away.

    Celery has no setting for it: its pauses grow to 30 seconds, so that after ten minutes without a broker
    a worker stayed deaf for half a minute more (measured).
    """

    def ensure_connection(self, *args: Any, **options: Any) -> Self:
        """As in kombu, with our pauses."""
        ours = {"interval_start": RETRY_SECONDS, "interval_step": 0, "interval_max": RETRY_SECONDS}
        return super().ensure_connection(*args, **{**options, **ours})


class Broker(AMQP):
    """How this app reaches its broker."""

    Connection = PatientConnection


app = Celery("clearline", amqp=Broker)
app.conf.update(
    broker_url=settings.BROKER_URL,
    broker_connection_retry_on_startup=True,
    # For ever: a worker that gives up is started again and again by its supervisor, for nothing.
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": 120,
        "socket_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "global_keyprefix": "clearline:",
    },
    task_ignore_result=True,
    task_acks_late=False,
    task_serializer="json",
    accept_content=["json"],
    # Longer than a look (20 s) whose last step is a whole search at a carrier (60 s), shorter than the
    # visibility timeout, or a long task would run twice at once.
    task_time_limit=100,
    task_soft_time_limit=90,
    task_publish_retry=False,
    worker_prefetch_multiplier=1,
    worker_disable_prefetch=True,
    worker_max_tasks_per_child=1000,
    worker_soft_shutdown_timeout=30,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    timezone="UTC",
    beat_schedule=beat.SCHEDULE,
    # The tick is every two seconds; beat must not sleep past it.
    beat_max_loop_interval=1,
)
app.autodiscover_tasks(
    [
        "portal.lifecycle",
        "portal.notifications",
        "portal.audit",
        "portal.accounts",
        "campaigns",
        "phone_numbers",
    ]
)


@worker_init.connect
def _refuse_power(**_: object) -> None:
    """A worker, too, runs only as a role for which the walls hold."""
    from django.db import OperationalError

    from portal.tenancy.power import TooPowerful, let_go, refuse_power  # applications are loaded only by now

    try:
        refuse_power()
    except (TooPowerful, OperationalError) as refusal:
        # Celery logs what a signal's receiver raises and goes on; only an exit gets through.
        raise SystemExit(str(refusal)) from None
    let_go()
