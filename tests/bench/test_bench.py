"""The measurements run and say what they found. Never how fast: timings are not asserted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

PROJECT = Path(__file__).resolve().parents[2]
WAYS = ("hamroh", "plain", "usual", "usual_uuid")
FIGURES = {f"{way}{end}" for way in WAYS for end in ("", "_page", "_request")}


@pytest.mark.each_database
def test_a_small_run_yields_every_figure(tmp_path: Path) -> None:
    out = tmp_path / "found.json"
    command = [sys.executable, "-m", "bench", "--scale", "small", "--database", connection.vendor]
    done = subprocess.run(
        [*command, "--out", str(out)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "First page of 50 cases" in done.stdout
    smaller, larger = json.loads(out.read_text())["databases"][connection.vendor]
    for found in (smaller, larger):
        assert found["database"].startswith(connection.vendor)
        assert found["cases"].keys() >= FIGURES | {"hamroh_to_plain", "usual_to_hamroh", "log_entry"}
        assert found["cases"].keys() >= {"hamroh_request_to_plain_request", "first_look", "home_request"}
    assert larger["rows"]["cases"] == 2 * smaller["rows"]["cases"]
    assert larger["log"].keys() >= {"appends_per_second", "refused_appends", "verification"}
    assert larger["log"]["verification"]["entries"] > 0
    assert "sign_in_to_argon2" in larger["signing_in"]
    directory = larger["directory"]
    few, many = directory["sizes"]
    assert many["services"] == directory["services"] > few["services"] > 0
    assert many["works"].keys() >= {"a_word", "match", "facets", "page", "api", "icontains", "bare_sql"}
    assert directory["growth"].keys() == many["works"].keys() >= {"match_page", "has_room_now", "nearest"}
    assert directory["import_rows_per_second"] > 0
    referrals = larger["referrals"]
    few, many = referrals["smaller"], referrals["larger"]
    assert many["referrals"] >= 4500 > few["referrals"]
    assert many["live"] > few["live"] > 0
    assert referrals["growth"].keys() == many["works"].keys() >= {"inbox", "needs_me", "clock_with_work"}
    # What may grow with the tables is the time: never the number of queries.
    assert many["queries"] == few["queries"]
    assert len(many["queries"]) >= 6
