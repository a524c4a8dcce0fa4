"""System checks that keep an unsafe configuration from being deployed."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def production_mode(**kwargs: Any) -> list[CheckMessage]:
    """Refuse to deploy a site in local or test mode: cheap key derivation, cookies without TLS."""
    if settings.MODE == "production":
        return []
    return [Error("HAMROH_MODE must be 'production' on a deployed site.", id="hamroh.E001")]


@register(Tags.security, deploy=True)
def full_cost_key_derivation(**kwargs: Any) -> list[CheckMessage]:
    """Refuse to deploy with a key derivation cheaper than 64 MiB and three passes."""
    memory, passes, _lanes = settings.KDF_COST
    if memory >= 65536 and passes >= 3:
        return []
    return [Error("KDF_COST must be at least 64 MiB and 3 passes.", id="hamroh.E002")]


@register(Tags.security, deploy=True)
def tides_apart(**kwargs: Any) -> list[CheckMessage]:
    """Refuse to deploy with the tides in the folder of everything else: one backup would hold both."""
    if not Path(settings.TIDE_DIR).resolve().is_relative_to(Path(settings.VAR_DIR).resolve()):
        return []
    return [Error("HAMROH_TIDE_DIR must not lie in HAMROH_VAR_DIR.", id="hamroh.E004")]


@register(Tags.security)
def quick_exit_targets(**kwargs: Any) -> list[CheckMessage]:
    """Refuse to start without pages to leave to: whole addresses, over TLS."""
    wrong = [
        target
        for target in settings.QUICK_EXIT_TARGETS
        if not target.startswith("https://") or not urlsplit(target).hostname
    ]
    if settings.QUICK_EXIT_TARGETS and not wrong:
        return []
    said = ", ".join(wrong) or "none is named"
    hint = "Whole addresses with https://, separated by commas: https://one.example/,https://two.example/"
    return [Error(f"HAMROH_QUICK_EXIT_TARGETS cannot be left to: {said}.", hint=hint, id="hamroh.E003")]
