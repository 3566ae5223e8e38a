"""Exit 0 when the address in the first argument answers 200: the health check of the image."""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit


def main(address: str) -> int:
    """Ask `address` under the portal's own name, because other Host headers are refused."""
    parts = urlsplit(address)
    host = urlsplit(os.environ.get("PUBLIC_URL", "")).netloc or parts.netloc
    line = HTTPConnection(parts.netloc, timeout=4)
    try:
        line.request("GET", parts.path, headers={"Host": host})
        return 0 if line.getresponse().status == 200 else 1
    except OSError:
        return 1
    finally:
        line.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
