"""The door of an inquiry: whoever holds the link reads the opaque part, and nothing else.

No account, so no permission row: the link is the key. Unknown, answered, taken back, expired, and a
consent that is over are the same 404.
"""

import base64
import binascii

from django.utils import timezone

from audit.actions import record_first
from referrals import entries
from referrals.models import Inquiry, InquiryHalf
from referrals.payload import OpaquePart
from services.errors import Missing
from vault.envelope import Context, unseal
from vault.errors import Refused
from vault.kdf import plain_hash
from vault.sections import part_secret, section_key


class OpenInquiry:
    """An inquiry as the provider sees it, for the length of one request."""

    def __init__(self, *, inquiry: Inquiry, opaque: OpaquePart) -> None:
        self.inquiry = inquiry
        self.opaque = opaque

    def __repr__(self) -> str:
        return "<OpenInquiry>"


def inquiry_for(token: str) -> OpenInquiry:
    """Open what a link asks, or raise ``Missing``. Logged first, in the log of the agency that asks.

    - the token is the one whose hash was kept, and nobody has answered or taken the question back;
    - its time has not run out, and her consent is not over (it never lasts longer);
    - the agency that asks is active; the half is still there, and token and half open it.
    """
    secret = secret_of(token)
    inquiry = Inquiry.objects.filter(token_hash=token_hash(secret), agency__is_active=True).first()
    if inquiry is None or not inquiry.waits_at(timezone.now()):
        raise Missing
    half = InquiryHalf.objects.filter(inquiry=inquiry).first()
    try:
        if half is None:
            raise Refused
        key = inquiry_key(secret, bytes(half.half), inquiry)
        opaque = OpaquePart.from_bytes(unseal(key, bytes(inquiry.sealed_opaque), inquiry_context(inquiry)))
    except Refused:
        raise Missing from None
    record_first(
        entries.INQUIRY_VIEWED, agency=inquiry.agency_id, actor=None, kind="inquiry", object=str(inquiry.id)
    )
    return OpenInquiry(inquiry=inquiry, opaque=opaque)


def secret_of(token: str) -> bytes:
    """Return the 32 bytes of a token; ``Missing`` for what is no token."""
    try:
        secret = base64.b64decode(token.encode("ascii") + b"=", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise Missing from None
    if len(secret) != 32:
        raise Missing
    return secret


def token_of(secret: bytes) -> str:
    """Return the token that stands in the link: 43 characters, base64url."""
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def token_hash(secret: bytes) -> bytes:
    """Return what is kept of a token, to find its inquiry."""
    return plain_hash("hamroh/v1/inquiry", secret)


def inquiry_key(secret: bytes, half: bytes, inquiry: Inquiry) -> bytes:
    """Return the key that seals the opaque part: the token and the half together."""
    return section_key(
        part_secret(secret, "inquiry"),
        half,
        kind="inquiry",
        object=str(inquiry.id),
        section="opaque",
        epoch=1,
    )


def inquiry_context(inquiry: Inquiry) -> Context:
    """Return where the opaque part belongs: to exactly this question of this agency."""
    return Context(
        kind="inquiry",
        agency=str(inquiry.agency_id),
        object=str(inquiry.id),
        section="opaque",
        epoch=1,
        revision=1,
    )
