"""How the runs are counted: nothing that failed, broke or was left out in CI may look well."""

from pathlib import Path

import pytest

from tools import run_tests


@pytest.fixture
def run(tmp_path: Path):
    """Return a function that writes a test file and runs it the way ``make test`` does."""

    def run(source: str) -> run_tests.Tally:
        file = tmp_path / "test_sample.py"
        file.write_text(source, encoding="utf-8")
        return run_tests.run("Sample", [str(file), "-n", "0", "-p", "no:cacheprovider"], {})

    return run


def test_counts_what_passed_failed_and_was_skipped(run) -> None:
    tally = run(
        "import pytest\n"
        "def test_good(): pass\n"
        "def test_bad(): raise ValueError\n"
        "@pytest.fixture\ndef broken(): raise ValueError\n"
        "def test_without_set_up(broken): pass\n"
        "@pytest.mark.skip\ndef test_later(): pass\n"
    )
    assert (tally.passed, tally.failed, tally.skipped) == (1, 2, 1)
    assert not tally.ok


def test_file_that_does_not_load_is_a_failure(run) -> None:
    assert not run("import no_such_module\n").ok


def test_nothing_to_run_is_no_failure(run) -> None:
    tally = run("")
    assert tally.ok
    assert tally.passed == 0


def test_pytest_that_dies_is_a_failure(run) -> None:
    assert not run("import os\ndef test_exit(): os._exit(3)\n").ok


def test_what_cannot_run_is_skipped_here_but_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert run_tests.unable("Chromium", "none").ok
    monkeypatch.setenv("CI", "true")
    assert not run_tests.unable("Chromium", "none").ok
