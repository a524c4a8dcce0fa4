"""Write requirements.lock and requirements-dev.lock: every package, its version and its hashes.

The locks name no address, so they install from whatever index a machine is set up with, and
``pip install --require-hashes`` refuses a file that is not the one we tested.
"""

import argparse
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def compile_lock(output: str, *options: str) -> None:
    """Resolve pyproject.toml for every system and every Python from 3.11 on into ``output``."""
    subprocess.run(
        [
            *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml"),
            *("--universal", "--python-version", "3.11", "--generate-hashes"),
            *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--quiet"),
            *("--custom-compile-command", "make lock", "--output-file", output),
            *options,
        ],
        cwd=PROJECT,
        check=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    upgrade = ["--upgrade"] if parser.parse_args().upgrade else []
    compile_lock("requirements.lock", *upgrade)
    # The tools may not move what the product runs on.
    compile_lock("requirements-dev.lock", "--extra", "dev", "--constraint", "requirements.lock", *upgrade)


if __name__ == "__main__":
    main()
