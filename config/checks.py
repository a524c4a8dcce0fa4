"""System checks that keep an unsafe configuration from being deployed."""

from pathlib import Path
from typing import Any

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
    return [Error("HAMROH_TIDE_DIR must not lie in HAMROH_VAR_DIR.", id="hamroh.E003")]
