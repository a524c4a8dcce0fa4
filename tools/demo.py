"""Run Hamroh on this machine with invented data: database and secrets in var/, server on 127.0.0.1.

Run again, it keeps what is there.
"""

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def manage(*arguments: str) -> None:
    """Run a management command, and stop with its exit code when it fails."""
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=PROJECT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8123)
    port = parser.parse_args().port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            sys.exit(f"Port {port} is taken. Choose another:  make demo PORT={port + 1}")
    (PROJECT / "var" / "static").mkdir(parents=True, exist_ok=True)
    manage("migrate", "--verbosity", "0")
    manage("setup_demo", "--port", str(port))  # makes the demo network once, and prints who can sign in
    print(
        f"\nHamroh is at http://127.0.0.1:{port}/   (Ctrl+C stops it; 'make clean' forgets it)\n", flush=True
    )
    os.chdir(PROJECT)
    os.environ["HAMROH_DEMO"] = "1"
    # Two processes, as a real site has: what works only inside one process shows here.
    os.execv(  # noqa: S606  (no shell wanted)
        sys.executable,
        [
            *(sys.executable, "-m", "gunicorn", "config.wsgi"),
            *("--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "2"),
            *("--log-level", "warning", "--no-control-socket"),
        ],
    )


if __name__ == "__main__":
    main()
