"""The mail server of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.notifications.posting import Post


@pytest.fixture
def mails(settings: Any) -> Iterator[list[Any]]:
    """Everything that a mail server took, in order."""
    settings.EMAIL_BACKEND = "tests.notifications.posting.Post"
    Post.taken, Post.before, Post.after = [], None, None
    yield Post.taken
    Post.before = Post.after = None
