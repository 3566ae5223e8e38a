"""WSGI entry of the practice registry: `gunicorn portal.practice.wsgi --bind 127.0.0.1:8001`.

Bind it to loopback only; requests from elsewhere are refused whatever it is bound to.
"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

# Set, not defaulted: in a shell that already names the portal's settings this is still the registry.
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.practice.settings"

application = get_wsgi_application()
