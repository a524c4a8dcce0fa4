"""The lock files: hashes for everything, addresses for nothing, and in step with pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def packages(lock: str) -> dict[str, str]:
    """Return the locked packages with everything the lock says about each."""
    text = (PROJECT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+.*\n(?:[ ].*\n)*)", text, flags=re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_names_no_address(lock: str) -> None:
    text = (PROJECT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*(-i|-f|--(index|extra|find|trusted))|\s@\s", text, flags=re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_hash(lock: str) -> None:
    found = packages(lock)
    assert len(found) > 10
    assert [name for name, rest in found.items() if "--hash=sha256:" not in rest] == []


def test_locks_hold_what_pyproject_asks_for() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {
        "requirements.lock": project["dependencies"],
        "requirements-dev.lock": project["dependencies"] + project["optional-dependencies"]["dev"],
    }
    for lock, requirements in wanted.items():
        names = {re.split(r"[\[<>=~!; ]", requirement)[0].lower() for requirement in requirements}
        assert names - packages(lock).keys() == set(), f"run 'make lock': {lock} is behind pyproject.toml"


def test_tools_do_not_move_what_the_product_runs_on() -> None:
    product, development = (
        {name: rest.split()[0] for name, rest in packages(lock).items()} for lock in LOCKS
    )
    assert {name: development.get(name) for name in product} == product


def test_every_dependency_says_why_it_is_here() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (PROJECT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    told = {
        name for row in re.findall(r"^\| ([^|]+) \|", text, flags=re.MULTILINE) for name in row.split(", ")
    }
    told = {name.split()[0] for name in told}
    for requirement in project["dependencies"] + project["optional-dependencies"]["dev"]:
        name = re.split(r"[\[<>=~!; ]", requirement)[0]
        assert name in told, f"{name} has no line in docs/dependencies.md"
