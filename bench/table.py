"""The figures of one run as text."""

from typing import Any

_WAYS = {
    "hamroh": "Hamroh, with its log entry",
    "plain": "(a) plain rows and a join table",
    "usual": "(b1) usual stack, whole numbers as keys",
    "usual_uuid": "(b2) usual stack, UUIDs as keys",
}
_WITHOUT_LOG = "Hamroh, without the log entry"


def text(found: dict[str, Any]) -> str:
    """Return the table of everything measured; ratios first, because times depend on the machine."""
    machine = found["machine"]
    lines = [
        f"Scale {found['scale']}, {found['at']}, Python {machine['python']}, "
        f"{machine['processors']} processors, load {machine['load_at_the_start']}"
        f" to {machine['load_at_the_end']}",
    ]
    for measured in found["databases"].values():
        if isinstance(measured, str):
            lines += ["", measured]
        else:
            for one in measured:
                lines += _database(one)
    return "\n".join(lines)


def _database(found: dict[str, Any]) -> list[str]:
    rows = found["rows"]
    lines = [
        "",
        f"=== {found['database']}: {rows['cases']:,} cases, {rows['people']:,} people, "
        f"{rows['view_grants']:,} grants",
    ]
    if "cases" in found:
        lines += _cases(found["cases"])
    if "log" in found:
        lines += _log(found["log"])
    if "signing_in" in found:
        signing_in = found["signing_in"]
        lines.append(f"Sign-in: {signing_in['sign_in_to_argon2']} × one Argon2id run at full cost")
        lines += [
            _row("one Argon2id run", signing_in["argon2"]),
            _row("whole sign-in", signing_in["sign_in"]),
        ]
    if "directory" in found:
        lines += _directory(found["directory"])
    if "referrals" in found:
        lines += _referrals(found["referrals"])
    return lines


def _referrals(found: dict[str, Any]) -> list[str]:
    few, many = found["smaller"], found["larger"]
    lines = [
        f"Referrals, {few['referrals']:,} ({few['live']:,} live) and {many['referrals']:,} "
        f"({many['live']:,} live), made in {found['build_seconds']} s"
    ]
    for name, times in many["works"].items():
        asked = [str(one["queries"][name]) for one in (few, many) if name in one["queries"]]
        lines.append(
            f"  {name.replace('_', ' '):<26} {few['works'][name]['median_ms']:>8.2f} "
            f"{times['median_ms']:>8.2f} ms   growth {found['growth'][name]}"
            + (f"   {' and '.join(asked)} queries" if asked else "")
        )
    return lines


def _directory(found: dict[str, Any]) -> list[str]:
    smaller, larger = found["sizes"]
    lines = [
        f"Directory, {smaller['services']:,} and {larger['services']:,} services, time by {larger['clock']}: "
        f"plain icontains takes {larger['icontains_to_search']} × a search for a word, "
        f"that takes {larger['search_to_bare_sql']} × its bare SQL; "
        f"{larger['api_pages_per_second']} API pages a second, "
        f"{found['import_rows_per_second']} services imported a second; made in {found['build_seconds']} s"
    ]
    for name, times in larger["works"].items():
        few = smaller["works"][name]
        lines.append(
            f"  {name.replace('_', ' '):<26} p50 {few['p50_ms']:>8.2f} {times['p50_ms']:>8.2f} ms   "
            f"p95 {few['p95_ms']:>8.2f} {times['p95_ms']:>8.2f} ms   growth {found['growth'][name]}"
        )
    return lines


def _cases(found: dict[str, Any]) -> list[str]:
    lines = []
    for what, end in (("whole request", "_request"), ("page", "_page"), ("cards alone", "")):
        without_log = found.get(f"hamroh{end}_without_log_to_plain{end}")
        lines.append(
            f"First page of 50 cases, {what}: {found[f'hamroh{end}_to_plain{end}']} × (a) plain"
            + (f" ({without_log} × without the log entry)" if without_log else "")
            + f"; (b1) takes {found[f'usual{end}_to_hamroh{end}']} ×,"
            f" (b2) {found[f'usual_uuid{end}_to_hamroh{end}']} × Hamroh's time"
        )
        for name, label in _WAYS.items():
            queries = "" if end else f"   {found['queries'][name]} queries"
            lines.append(_row(label, found[f"{name}{end}"]) + queries)
        if without_log:
            lines.append(_row(_WITHOUT_LOG, found[f"hamroh{end}_without_log"]))
    return [
        *lines,
        _row("the log entry alone", found["log_entry"]),
        _row("cards at first look (no quick wraps)", found["first_look"]),
        _row("a visit of the home page, all layers", found["home_request"]),
    ]


def _log(found: dict[str, Any]) -> list[str]:
    appends, verified = found["appends_per_second"], found["verification"]
    return [
        "Access log: "
        f"one plain row is {found['plain_to_one_writer']} × as fast as one entry, "
        f"eight writers append {found['eight_writers_to_one']} × as much as one, "
        f"{found['refused_appends']} refused",
        *(
            f"  {name.replace('_', ' '):<40} {rate['median']:>9,.0f} a second   "
            f"({rate['least']:,.0f} to {rate['most']:,.0f})"
            for name, rate in appends.items()
        ),
        f"Verifier: {verified['verify_to_sha256']} × the time of SHA-256 over the same lines "
        f"({verified['entries']:,} entries, {verified['entries_per_second']:,} a second)",
    ]


def _row(label: str, times: dict[str, float]) -> str:
    return (
        f"  {label:<40} {times['median_ms']:>9.2f} ms   "
        f"({times['quarter_ms']:.2f} to {times['three_quarters_ms']:.2f})"
    )
