"""Every action that the source records has a sentence; nothing reaches a page as a bare word."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from brands import states
from portal.audit.sentences import taught

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("portal", "brands")
RECORDERS = {"record", "record_house"}
# Where the action is put together, what it can come to, and why it is not a literal.
COMPOSED = {
    "portal/lifecycle/states.py": [f"brand.{move.name}" for move in states.MOVES],
    "portal/lifecycle/filing.py": [
        "brand.sent-again",
        "brand.outcome-unknown",
        "brand.found-again",
        "brand.searched-first",
    ],
    "portal/lifecycle/twins.py": ["brand.found-again", "brand.twin-took-over", "brand.twin-found"],
}


def recorded(tree: ast.Module) -> Iterator[ast.expr]:
    """The first argument of every call that writes an event."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in RECORDERS
            and node.args
        ):
            yield node.args[0]


def words(tree: ast.Module) -> set[str]:
    """Every text of a module that reads like an action: kind.what-happened."""
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if _reads_like_an_action(text)}


def _reads_like_an_action(text: str) -> bool:
    kind, dot, what = text.partition(".")
    return (
        bool(dot) and kind in KINDS and what.replace("-", "").isalpha() and what.islower() and what != "html"
    )


KINDS = {
    "brand",
    "member",
    "organization",
    "person",
    "access",
    "audit",
    "notice",
    "invitation",
    "staff",
    "operator",
    "ticket",
}


def sources() -> dict[str, ast.Module]:
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text())
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and "practice" not in path.parts
    }


def test_every_literal_action_is_taught() -> None:
    literal = {
        (name, argument.value)
        for name, tree in sources().items()
        for argument in recorded(tree)
        if isinstance(argument, ast.Constant)
    }
    assert literal
    assert {(name, action) for name, action in literal if action not in taught()} == set()


def test_every_action_that_is_named_in_a_module_that_records_is_taught() -> None:
    """An action may be a constant or come through a function of the module; then its word stands there."""
    untaught = {}
    for name, tree in sources().items():
        if any(recorded(tree)):
            missing = {word for word in words(tree) if word not in taught()}
            missing -= {word for word in missing if word.startswith(("person.html",))}
            if missing:
                untaught[name] = missing
    assert untaught == {}


def test_every_action_that_is_put_together_is_taught() -> None:
    composed = {
        name
        for name, tree in sources().items()
        for argument in recorded(tree)
        if isinstance(argument, ast.JoinedStr)
    }
    assert composed == set(COMPOSED), "say here what a composed action can come to"
    assert [action for actions in COMPOSED.values() for action in actions if action not in taught()] == []
