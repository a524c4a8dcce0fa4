"""Calling an agency's own gateway for SMS or a messenger: HTTPS, signed, and never one's own network.

The body is ``{"text": …, "to": …}``: the sentence of every notice, and a random handle. The header
``X-Hamroh-Signature`` is ``sha256=`` and the HMAC-SHA256 of ``<X-Hamroh-Time>.<body>`` in hexadecimal.
The address is looked up once and that answer is called, so that a name cannot point somewhere else a
moment later; redirects are not followed, and at most a few bytes of the answer are read.
"""

import http.client
import ipaddress
import json
import logging
import socket
import ssl
import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from accounts.models import Gateway
from vault.kdf import derive, mac_of_bytes

logger = logging.getLogger(__name__)

TIMEOUT = 10
# For one call altogether: a gateway that answers letter by letter does not hold the clock up.
LONGEST = 30
_HTTPS = 443
# RFC 6052: a network without IPv4 writes an IPv4 address into this prefix.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# The only other IPv6 addresses that are given out in public (IANA); ``is_global`` lets more pass.
_PUBLIC = ipaddress.IPv6Network("2000::/3")


class NotCalled(Exception):
    """The address is not one that may be called."""


def secret_of(gateway: Gateway) -> str:
    """Return the secret the gateway checks signatures with: 64 hexadecimal digits.

    Derived from the site's secret, so that no copy of the database forges a notice.
    """
    return derive(settings.SECRET_KEY.encode(), "gateway", str(gateway.agency_id), gateway.secret_epoch).hex()


def send(gateway: Gateway, *, to: UUID, text: str) -> bool:
    """Hand one sentence over. False when the gateway did not answer 2xx."""
    body = json.dumps({"text": text, "to": to.hex}, ensure_ascii=False).encode()
    moment = str(int(time.time()))
    signature = mac_of_bytes(secret_of(gateway).encode(), f"{moment}.".encode() + body).hex()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Hamroh-Time": moment,
        "X-Hamroh-Signature": f"sha256={signature}",
    }
    parts = urlsplit(gateway.url)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    try:
        connection = _Pinned(parts.hostname or "", *_address(gateway.url))
        alarm = threading.Timer(LONGEST, connection.cut)
        alarm.start()
        try:
            connection.request("POST", path, body=body, headers=headers)
            return 200 <= connection.getresponse().status < 300
        finally:
            alarm.cancel()
            connection.close()
    except (NotCalled, OSError, http.client.HTTPException, ValueError) as error:
        logger.warning("a gateway was not reached: %s", type(error).__name__)
        return False


class _Pinned(http.client.HTTPSConnection):
    """A connection to one looked-up address, whose certificate must name the host all the same."""

    def __init__(self, host: str, address: str, port: int) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT, context=self._tls)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), TIMEOUT)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)

    def cut(self) -> None:
        """End the call from another thread: whoever waits for the answer finds it broken off."""
        if self.sock is not None:
            with suppress(OSError):
                # Not the TLS socket's own method, which is not made for two threads.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _address(url: str) -> tuple[str, int]:
    """Return the address and port to call. ``NotCalled`` unless HTTPS, and every answer is public."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise NotCalled
    port = parts.port or _HTTPS
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)]
    if not found or not all(_may_be_called(one) for one in found):
        raise NotCalled
    return found[0], port


def is_ones_own(host: str) -> bool:
    """Say whether a host is written as an address that is never called. What a name leads to shows later."""
    host = host.strip("[]")
    if host == "localhost":
        return not settings.GATEWAY_MAY_BE_PRIVATE
    try:
        return not _may_be_called(host)
    except ValueError:  # a name
        return False


def _may_be_called(address: str) -> bool:
    if settings.GATEWAY_MAY_BE_PRIVATE:
        return True
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        # A public-looking IPv6 address may carry a private IPv4 one.
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if ip not in _PUBLIC:
            return False
    return ip.is_global and not ip.is_multicast
