"""The figures of one run as text."""

from typing import Any

_KINDS = {
    "hamroh": "Hamroh, with its log entry",
    "hamroh_without_log": "Hamroh, without the log entry",
    "plain": "plain rows and a join table",
    "usual": "generic permissions, count, Fernet",
}


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
    rows, page = found["rows"], found["case_list"]
    lines = [
        "",
        f"=== {found['database']}: {rows['cases']:,} cases, {rows['people']:,} people, "
        f"{rows['view_grants']:,} grants",
    ]
    for what, end in (("whole page", "_page"), ("cards alone", "")):
        lines.append(
            f"First page of 50 cases, {what}: {page[f'hamroh{end}_to_plain{end}']} × plain rows "
            f"({page[f'hamroh{end}_without_log_to_plain{end}']} × without the log entry); "
            f"the usual stack takes {page[f'usual{end}_to_hamroh{end}']} × Hamroh's time"
        )
        for name, label in _KINDS.items():
            key = name.replace("hamroh", f"hamroh{end}") if "hamroh" in name else f"{name}{end}"
            queries = "" if end else f"   {page['queries'].get(name, '')} queries"
            lines.append(_row(label, page[key]) + queries.replace("    queries", ""))
    lines += [
        _row("the log entry alone", page["log_entry"]),
        _row("cards at first look (no quick wraps)", page["first_look"]),
        _row("a visit of the home page, all layers", page["home_request"]),
    ]
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
    return lines


def _directory(found: dict[str, Any]) -> list[str]:
    smaller, larger = found["sizes"]
    lines = [
        f"Directory, {smaller['services']:,} and {larger['services']:,} services, time by {larger['clock']}: "
        f"plain icontains takes {larger['icontains_to_search']} × a search for a word, "
        f"that takes {larger['search_to_bare_sql']} × its bare SQL; "
        f"{larger['api_pages_per_second']} API pages a second, "
        f"{found['import_rows_per_second']} services imported a second"
    ]
    for name, times in larger["works"].items():
        few = smaller["works"][name]
        lines.append(
            f"  {name.replace('_', ' '):<26} p50 {few['p50_ms']:>8.2f} {times['p50_ms']:>8.2f} ms   "
            f"p95 {few['p95_ms']:>8.2f} {times['p95_ms']:>8.2f} ms   growth {found['growth'][name]}"
        )
    return lines


def _log(found: dict[str, Any]) -> list[str]:
    appends, verified = found["appends_per_second"], found["verification"]
    return [
        "Access log: "
        f"one plain row is {found['plain_to_one_writer']} × as fast as one entry, "
        f"eight writers append {found['eight_writers_to_one']} × as much as one, "
        f"{found['refused_appends']} refused",
        *(
            f"  {name.replace('_', ' '):<38} {rate['median']:>9,.0f} a second   "
            f"({rate['least']:,.0f} to {rate['most']:,.0f})"
            for name, rate in appends.items()
        ),
        f"Verifier: {verified['verify_to_sha256']} × the time of SHA-256 over the same lines "
        f"({verified['entries']:,} entries, {verified['entries_per_second']:,} a second)",
    ]


def _row(label: str, times: dict[str, float]) -> str:
    return (
        f"  {label:<38} {times['median_ms']:>9.2f} ms   "
        f"({times['quarter_ms']:.2f} to {times['three_quarters_ms']:.2f})"
    )
