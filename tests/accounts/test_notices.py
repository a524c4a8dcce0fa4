"""Notices: what they say, when they leave, and that none is lost or sent twice without need.

Mail goes to a small real SMTP server and the gateway is a real HTTPS server, both on this machine.
"""

import email
import http.server
import json
import os
import signal
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import actions, notices
from accounts.errors import CodeUnknown, SlowDown
from accounts.models import Agency, Channel, Gateway, Notice, NoticeChoice, Update
from accounts.notices import gateway, words
from tests import people
from tests.people import Network
from vault.kdf import mac_of_bytes

pytestmark = pytest.mark.django_db

# Noon and midnight in Tashkent.
DAY = datetime(2026, 11, 24, 7, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 19, tzinfo=UTC)
PAGE = "referrals:inbox"


@dataclass
class Post:
    """A mail server: what it took, and whether it takes anything."""

    taken: list[Any] = field(default_factory=list)
    kill: int = 0
    port: int = 0


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    state = Post()

    class Smtp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            say = lambda line: self.wfile.write(f"{line}\r\n".encode())  # noqa: E731
            say("220 post")
            while line := self.rfile.readline().decode().strip():
                if line.upper() == "DATA":
                    say("354 go on")
                    body = b"".join(iter(self.rfile.readline, b".\r\n"))
                    state.taken.append(email.message_from_bytes(body, policy=policy.default))
                    if state.kill:
                        os.kill(state.kill, signal.SIGKILL)
                        return
                say("221 bye" if line.upper() == "QUIT" else "250 ok")
                if line.upper() == "QUIT":
                    return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.port = server.server_address[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAIL_HOST = settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT, settings.EMAIL_USE_TLS = state.port, False
    yield state
    server.shutdown()
    server.server_close()


def choose(person: Any, **changes: Any) -> NoticeChoice:
    given = {"email": "me@example.org", "by_email": True, "language": "en"} | changes
    return NoticeChoice.objects.create(person=person, **given)


def tell(*persons: Any, now: datetime = DAY, **changes: Any) -> None:
    with transaction.atomic():
        notices.tell([person.pk for person in persons], page=PAGE, now=now, **changes)


ALLOWED = {"To", "From", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"}


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "ru", "en"])
def test_a_notice_says_one_sentence_and_nothing_else(network: Network, post: Post, language: str) -> None:
    owner = network.owner
    choose(owner, language=language)
    tell(owner, is_urgent=True)
    assert notices.send_due(now=DAY) == 1
    [mail] = post.taken
    sentence = words.update_in(language)
    assert mail["Subject"] == mail.get_content().strip() == sentence
    assert len(sentence) < 60
    assert not any(character.isdigit() for character in sentence)
    assert {name for name in mail.keys() if not name.startswith("Content-")} <= ALLOWED  # noqa: SIM118
    whole = str(mail)
    for word in (owner.display_name, owner.name, owner.agency.name, str(owner.pk), PAGE, "http", "urgent"):
        assert word not in whole


def test_however_much_happens_one_notice_goes_out_and_then_none_for_an_hour(
    network: Network, post: Post
) -> None:
    choose(network.owner)
    for _ in range(100):
        tell(network.owner)
    assert Update.objects.get(person=network.owner).number == 100
    assert [notices.send_due(now=DAY) for _ in range(3)] == [1, 0, 0]
    assert not Notice.objects.exists(), "what was sent is kept nowhere"
    tell(network.owner, now=DAY + timedelta(minutes=5))
    assert notices.send_due(now=DAY + timedelta(minutes=5)) == 0
    tell(network.owner, now=DAY + timedelta(minutes=6), is_urgent=True)
    assert notices.send_due(now=DAY + timedelta(minutes=6)) == 1, "an emergency does not wait"
    tell(network.owner, now=DAY + timedelta(minutes=7))
    assert notices.send_due(now=DAY + timedelta(minutes=7)) == 0
    assert notices.send_due(now=DAY + timedelta(minutes=70)) == 1
    assert len(post.taken) == 3


def test_who_chose_nothing_or_left_or_has_looked_is_not_written_to(network: Network, post: Post) -> None:
    choose(network.owner, by_email=False)
    choose(network.colleague)
    choose(network.outsider)
    tell(network.owner, network.a.analyst, network.colleague, network.outsider)
    assert Notice.objects.count() == 2
    unlocked = people.unlock(network.outsider)
    assert notices.counts(unlocked) == {PAGE: 1}
    notices.seen(unlocked, "another:page")
    assert notices.counts(unlocked) == {PAGE: 1}
    notices.seen(unlocked, PAGE)
    assert notices.counts(unlocked) == {}
    type(network.colleague).objects.filter(pk=network.colleague.pk).update(is_active=False)
    assert notices.send_due(now=DAY) == 0
    assert (post.taken, Notice.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("urgent", "awake", "at_once"),
    [(False, True, False), (True, False, False), (True, True, True), (False, False, False)],
)
def test_nights_are_quiet_but_for_emergencies_of_who_wants_them(
    network: Network, post: Post, urgent: bool, awake: bool, at_once: bool
) -> None:
    choose(network.owner, emergencies_at_night=awake)
    tell(network.owner, now=NIGHT, is_urgent=urgent)
    assert notices.send_due(now=NIGHT) == int(at_once)
    morning = datetime(2026, 11, 25, 3, tzinfo=UTC)  # eight in Tashkent
    assert notices.send_due(now=morning - timedelta(minutes=1)) == 0
    assert notices.send_due(now=morning) == int(not at_once)
    assert len(post.taken) == 1


def test_the_night_is_that_of_the_place(network: Network, post: Post) -> None:
    Agency.objects.filter(pk=network.a.agency.pk).update(time_zone="UTC")
    choose(network.owner)
    tell(network.owner, now=NIGHT)  # seven in the evening there
    assert notices.send_due(now=NIGHT) == 1


def test_a_server_that_refuses_is_tried_again_later_and_given_up_in_the_end(
    network: Network, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAIL_HOST = settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT, settings.EMAIL_USE_TLS = 9, False
    choose(network.owner, emergencies_at_night=True)
    tell(network.owner, is_urgent=True)
    waits, now = [], DAY
    while (row := Notice.objects.first()) is not None:
        now = max(now, row.not_before)
        assert notices.send_due(now=now) == 0
        after = Notice.objects.first()
        waits.append((after.not_before - now).total_seconds() / 60 if after else 0)
    assert waits[:4] == [2, 4, 8, 16]
    assert max(waits) == 360
    assert len(waits) == 12
    assert Update.objects.filter(person=network.owner).exists(), "the number on the page stays"


def test_a_notice_written_while_the_clock_was_wrong_is_not_stuck(network: Network, post: Post) -> None:
    choose(network.owner, told_at=DAY + timedelta(days=400))
    tell(network.owner, now=DAY + timedelta(days=400))
    assert notices.send_due(now=DAY) == 1


def test_what_happens_while_a_notice_is_on_its_way_is_told_too(network: Network, post: Post) -> None:
    choose(network.owner)
    tell(network.owner)
    row = Notice.objects.get()
    # Another clock has claimed it: this one leaves it alone.
    Notice.objects.filter(pk=row.pk).update(not_before=DAY + timedelta(minutes=10))
    assert notices.send_due(now=DAY) == 0
    # It died; its claim runs out, and the notice goes out.
    assert notices.send_due(now=DAY + timedelta(minutes=10)) == 1


def test_telling_asks_the_same_few_questions_however_many_people(network: Network) -> None:
    def count(*persons: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            tell(*persons)
        return len(captured)

    everybody = [*network.a.people.values(), *network.b.people.values()]
    for person in everybody:
        choose(person)
    assert count(network.owner) == count(*everybody[1:])


_CLOCK = """
import django; django.setup()
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
from accounts import notices
from datetime import datetime
notices.send_due(now=datetime.fromisoformat({now!r}))
"""


@pytest.mark.django_db(transaction=True)
def test_killed_between_sending_and_noting_it_sends_again_and_loses_nothing(
    post: Post, settings: Any
) -> None:
    """At least once: the one killed after the server took the mail sends it a second time."""
    network = people.get_network()
    choose(network.owner)
    tell(network.owner)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "HAMROH_MAIL_HOST": "127.0.0.1",
        "HAMROH_MAIL_PORT": str(post.port),
        "HAMROH_MAIL_TLS": "no",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; exec(sys.stdin.read())"],
        stdin=subprocess.PIPE,
        env=environment,
        cwd=Path(__file__).resolve().parents[2],
    )
    post.kill = process.pid
    process.communicate(
        _CLOCK.format(now=DAY.isoformat(), name=str(connection.settings_dict["NAME"])).encode(), timeout=60
    )
    assert process.returncode == -signal.SIGKILL
    assert len(post.taken) == 1
    [row] = Notice.objects.all()
    assert (row.attempts, row.not_before) == (1, DAY + timedelta(minutes=10))
    post.kill = 0
    assert notices.send_due(now=DAY + timedelta(minutes=9)) == 0
    assert notices.send_due(now=DAY + timedelta(minutes=11)) == 1
    assert len(post.taken) == 2
    assert not Notice.objects.exists()


# --- The own address ---


def test_an_address_is_used_after_its_code_was_typed(network: Network, post: Post) -> None:
    client = people.sign_in(Client(), network.owner)
    assert client.get("/account/notices/").status_code == 200
    asked = client.post("/account/notices/address/", {"email": "mine@example.org"}, follow=True)
    assert "A code is on its way to mine@example.org" in asked.content.decode()
    assert client.post("/account/notices/address/", {"email": "two@example.org"}).status_code == 429
    tell(network.owner)
    assert Notice.objects.get().channel == Channel.CODE, "nothing else goes to it yet"
    assert notices.send_due(now=timezone.now()) == 1
    [mail] = post.taken
    assert mail["To"] == "mine@example.org"
    code = "".join(character for character in mail["Subject"] if character.isdigit())
    choice = NoticeChoice.objects.get()
    assert code == words.code_of(choice)
    assert len(code) == 8
    wrong = client.post("/account/notices/address/code/", {"code": str((int(code) + 1) % 10**8).zfill(8)})
    assert wrong.status_code == 422
    assert "not known" in wrong.content.decode()
    short = client.post("/account/notices/address/code/", {"code": code[:4]})
    assert "not known" in short.content.decode()
    assert client.post("/account/notices/address/code/", {"code": f" {code} "}).status_code == 302
    choice.refresh_from_db()
    assert (choice.email, choice.waiting_email, choice.by_email) == ("mine@example.org", "", True)
    assert client.post("/account/notices/address/forget/").status_code == 302
    choice.refresh_from_db()
    assert (choice.email, choice.by_email) == ("", False)


def test_a_code_is_guessed_five_times_at_most_and_dies_after_an_hour(network: Network) -> None:
    unlocked = people.unlock(network.owner)
    actions.ask_for_code(unlocked, email="mine@example.org", language="en")
    with pytest.raises(SlowDown):
        actions.ask_for_code(unlocked, email="mine@example.org", language="en")
    code = words.code_of(NoticeChoice.objects.get())
    for _ in range(5):
        with pytest.raises(CodeUnknown):
            actions.confirm_address(unlocked, code="no")
    with pytest.raises(CodeUnknown):
        actions.confirm_address(unlocked, code=code)
    unlocked.now += timedelta(minutes=6)
    actions.ask_for_code(unlocked, email="mine@example.org", language="en")
    code = words.code_of(NoticeChoice.objects.get())
    unlocked.now += timedelta(hours=1)
    with pytest.raises(CodeUnknown):
        actions.confirm_address(unlocked, code=code)


def test_the_page_keeps_what_was_chosen(network: Network, settings: Any) -> None:
    client = people.sign_in(Client(), network.owner)
    assert b"does not send mail yet" in client.get("/account/notices/").content
    given = {"language": "ru", "by_gateway": "on", "emergencies_at_night": "on"}
    assert client.post("/account/notices/", given).status_code == 302
    choice = NoticeChoice.objects.get()
    assert (choice.language, choice.by_email, choice.by_gateway) == ("ru", False, True)
    assert choice.handle.hex in client.get("/account/notices/").content.decode()
    assert client.post("/account/notices/", given | {"language": "xx"}).status_code == 422


# --- The gateway ---


@dataclass
class Called:
    """A gateway: what it was asked, and how it answers."""

    url: str = ""
    status: int = 200
    slow: bool = False
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Called]:
    state = Called()

    class Web(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.asked.append((dict(self.headers), body))
            while state.slow:
                # Never long enough for the time-out of one read.
                self.wfile.write(b"H")
                time.sleep(0.05)
            self.send_response(state.status)
            if state.status == 302:
                self.send_header("Location", state.url)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    state.url = f"https://localhost:{server.server_address[1]}/notices?from=hamroh"
    yield state
    server.shutdown()
    server.server_close()


def test_a_gateway_gets_a_sentence_and_a_handle_signed_and_is_tried_again(
    network: Network, called: Called, settings: Any
) -> None:
    settings.GATEWAY_MAY_BE_PRIVATE = True
    admin = people.unlock(network.a.administrator)
    actions.set_gateway(admin, url=called.url)
    choice = choose(network.owner, by_email=False, by_gateway=True, language="ru")
    called.status = 503
    tell(network.owner)
    assert notices.send_due(now=DAY) == 0
    called.status = 302
    assert notices.send_due(now=DAY + timedelta(minutes=2)) == 0, "a redirect is not followed"
    called.status = 204
    assert notices.send_due(now=DAY + timedelta(minutes=6)) == 1
    assert len(called.asked) == 3
    headers, body = called.asked[-1]
    assert json.loads(body) == {"text": words.update_in("ru"), "to": choice.handle.hex}
    secret = gateway.secret_of(Gateway.objects.get())
    signed = mac_of_bytes(secret.encode(), f"{headers['X-Hamroh-Time']}.".encode() + body).hex()
    assert headers["X-Hamroh-Signature"] == f"sha256={signed}"
    actions.set_gateway(admin, url=called.url)
    assert gateway.secret_of(Gateway.objects.get()) != secret, "saving makes a new secret"


def test_one_gateway_that_is_silent_is_asked_once_a_pass(
    network: Network, called: Called, settings: Any
) -> None:
    settings.GATEWAY_MAY_BE_PRIVATE = True
    Gateway.objects.create(agency=network.a.agency, url=called.url)
    for person in (network.owner, network.colleague, network.a.analyst):
        choose(person, by_email=False, by_gateway=True)
    called.status = 500
    tell(network.owner, network.colleague, network.a.analyst)
    assert notices.send_due(now=DAY) == 0
    assert len(called.asked) == 1
    assert Notice.objects.count() == 3


def test_a_gateway_that_answers_letter_by_letter_is_cut_off(
    network: Network, called: Called, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GATEWAY_MAY_BE_PRIVATE = True
    monkeypatch.setattr(gateway, "LONGEST", 0.5)
    Gateway.objects.create(agency=network.a.agency, url=called.url)
    choice = choose(network.owner, by_email=False, by_gateway=True)
    called.slow = True
    assert not gateway.send(Gateway.objects.get(), to=choice.handle, text="x")
    called.slow = False
    assert len(called.asked) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "172.16.0.1", "0.0.0.1", "100.64.0.1",
        "224.0.0.1", "[::1]", "[fd00::1]", "[fe80::1]", "[::ffff:127.0.0.1]", "[2002:7f00:1::]", "[ff02::1]",
        "[64:ff9b::7f00:1]", "[64:ff9b::a00:1]", "[64:ff9b:1::a00:1]", "[::10.0.0.1]", "[::ffff:0:a00:1]",
        "[fec0::1]",
    ],
)  # fmt: skip
def test_addresses_of_ones_own_network_are_never_called(address: str) -> None:
    with pytest.raises(gateway.NotCalled):
        gateway._address(f"https://{address}/")


@pytest.mark.parametrize("url", ["http://93.184.216.34/", "https://me:x@93.184.216.34/", "https:///x", ""])
def test_only_plain_https_addresses_are_called(url: str) -> None:
    with pytest.raises(gateway.NotCalled):
        gateway._address(url)
    assert gateway._address("https://93.184.216.34:8443/x") == ("93.184.216.34", 8443)


def test_a_local_gateway_is_not_reached_without_the_setting(network: Network, called: Called) -> None:
    Gateway.objects.create(agency=network.a.agency, url=called.url)
    choice = choose(network.owner, by_email=False, by_gateway=True)
    assert not gateway.send(Gateway.objects.get(), to=choice.handle, text="x")
    assert called.asked == []


def test_the_administrators_page_takes_https_only(network: Network) -> None:
    client = people.step_up(people.sign_in(Client(), network.a.administrator))
    assert client.post("/gateway/", {"url": "http://example.org/"}).status_code == 422
    # What will never be called is not kept either: nobody would be told, and nobody would learn why.
    for url in (
        "https://127.0.0.1/hook",
        "https://192.168.1.1/",
        "https://[::1]:8443/",
        "https://localhost/",
    ):
        answer = client.post("/gateway/", {"url": url})
        assert answer.status_code == 422, url
        assert b"never called" in answer.content
    assert not Gateway.objects.exists()
    assert client.post("/gateway/", {"url": "https://example.org/"}).status_code == 302
    assert gateway.secret_of(Gateway.objects.get()) in client.get("/gateway/").content.decode()
    assert client.post("/gateway/", {"url": ""}).status_code == 302
    assert b"The secret" not in client.get("/gateway/").content
