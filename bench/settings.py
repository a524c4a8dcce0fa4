"""The product's own settings, and one app more: the tables that Hamroh is compared with."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as PRODUCT_APPS

INSTALLED_APPS = [*PRODUCT_APPS, "bench"]
ROOT_URLCONF = "bench.urls"


class _MadeFromModels(dict[str, None]):
    """No app has migrations here: the tables are those of the models, made in a twentieth of the time."""

    def __contains__(self, app: object) -> bool:
        return True

    def __missing__(self, app: str) -> None:
        return None


MIGRATION_MODULES = _MadeFromModels()
