"""Firefox for a test, driven by its own Marionette protocol: JSON with its length before it, over a socket.

Playwright drives only a Firefox of its own making, and Selenium would be one more dependency for two tests.
"""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("firefox-esr", "firefox")
# Nothing may leave the machine, and nothing may ask anybody anything.
_SETTINGS = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.no_proxies_on": "localhost, 127.0.0.1",
    "network.proxy.socks": "127.0.0.1",
    "network.proxy.socks_port": 1,
    "network.proxy.type": 1,
    "services.settings.server": "",
    "toolkit.telemetry.server": "",
}


def find() -> str | None:
    """Return the Firefox of this machine, None where there is none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Firefox:
    """One session. ``ask`` sends a command of Marionette and gives its answer."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._number = 0
        self._read()
        self.ask("WebDriver:NewSession", {})
        self.ask("WebDriver:SetTimeouts", {"pageLoad": 60_000, "script": 60_000, "implicit": 0})

    def ask(self, command: str, what: dict[str, Any]) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, command, what]).encode()
        self._line.sendall(str(len(message)).encode() + b":" + message)
        _, _, error, answer = self._read()
        if error:
            raise RuntimeError(f"{command}: {error['error']}: {error['message']}")
        return answer

    def open(self, address: str) -> None:
        self.ask("WebDriver:Navigate", {"url": address})

    def back(self) -> None:
        self.ask("WebDriver:Back", {})

    def run(self, script: str) -> Any:
        """Run a script in the page, and return what it returns."""
        return self.ask("WebDriver:ExecuteScript", {"script": script, "args": []})["value"]

    def kept_for_restoring(self) -> str:
        """Return all that Firefox would write down now to bring its windows back after a crash."""
        self.ask("Marionette:SetContext", {"value": "chrome"})
        script = """
          const {TabStateFlusher} = ChromeUtils.importESModule(
            "resource:///modules/sessionstore/TabStateFlusher.sys.mjs");
          const {SessionStore} = ChromeUtils.importESModule(
            "resource:///modules/sessionstore/SessionStore.sys.mjs");
          const done = arguments[0];
          TabStateFlusher.flushWindow(Services.wm.getMostRecentWindow("navigator:browser"))
            .then(() => done(SessionStore.getBrowserState()));"""
        answer = self.ask("WebDriver:ExecuteAsyncScript", {"script": script, "args": []})["value"]
        self.ask("Marionette:SetContext", {"value": "content"})
        return str(answer)

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._take(1)
        return json.loads(self._take(int(length[:-1])))

    def _take(self, number: int) -> bytes:
        taken = b""
        while len(taken) < number:
            part = self._line.recv(number - len(taken))
            if not part:
                raise ConnectionError("Firefox hung up.")
            taken += part
        return taken


@contextmanager
def firefox(path: str, folder: Path) -> Iterator[Firefox]:
    """Start Firefox without a screen, on a new profile in ``folder``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = _SETTINGS | {"marionette.port": port}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in settings.items()]
    (folder / "user.js").write_text("\n".join(lines), encoding="utf-8")
    command = [
        path,
        "--headless",
        "--marionette",
        "--remote-allow-system-access",
        "--no-remote",
        "--profile",
        str(folder),
    ]
    running = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"HOME": str(folder), "LANG": "C"}
    )
    try:
        with _connect(port, running) as line:
            yield Firefox(line)
    finally:
        running.kill()
        running.wait()


def _connect(port: int, running: "subprocess.Popen[bytes]") -> socket.socket:
    until = time.monotonic() + 90
    while time.monotonic() < until and running.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=240)
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("Firefox did not answer.")
