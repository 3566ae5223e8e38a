"""The portal for a WSGI server: `gunicorn portal.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

from portal.tenancy.power import let_go, refuse_power  # noqa: E402  needs the applications that the line above loads

refuse_power()
let_go()
