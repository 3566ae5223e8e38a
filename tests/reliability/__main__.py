"""The kill run as a program: see `killing`."""

from __future__ import annotations

import os
import sys
import tempfile


def main() -> int:
    """Load the portal's modules, whose statuses the judges know, with a data folder of their own."""
    import django

    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "CLEARLINE_DATA": folder}
        django.setup()
        from tests.reliability import killing

        return killing.main()


if __name__ == "__main__":
    sys.exit(main())
