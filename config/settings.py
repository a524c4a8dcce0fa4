"""All settings of Hamroh, in one file; what differs between sites comes from the environment.

``HAMROH_MODE`` is ``production`` unless said otherwise. ``local`` (what ``make demo`` uses)
allows plain HTTP on this machine and makes its own secrets; ``test`` uses fixed secrets and
cheap key derivation. ``manage.py check --deploy`` refuses both.
"""

import warnings
from pathlib import Path

import dj_database_url
from django.conf import locale as django_locale
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env
from config.local_secrets import made_once

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("HAMROH_VAR_DIR", str(BASE_DIR / "var")))

# The keys that the server's halves are sealed under (referrals/tides.py). Never backed up with the rest.
TIDE_DIR = Path(env.text("HAMROH_TIDE_DIR", str(VAR_DIR / "tides")))

MODE = env.one_of("HAMROH_MODE", ("production", "local", "test"), "production")
PRODUCTION = MODE == "production"
# Set by `make demo`: the front page then says that all is invented, and what to try.
DEMO = not PRODUCTION and env.flag("HAMROH_DEMO", False)
DEBUG = False  # Django's debug page shows locals, and a local may hold a survivor's words.


def _secret(name: str) -> str:
    value = env.secret(name)
    if value is not None:
        return value
    if MODE == "local":
        return made_once(VAR_DIR / "secrets", name.removeprefix("HAMROH_").lower())
    if MODE == "test":
        return (name.lower() + "-for-tests-only-") * 4
    raise ImproperlyConfigured(f"Set {name} or {name}_FILE.")


SECRET_KEY = _secret("HAMROH_SECRET_KEY")
# Mixed into every password's key derivation. A thief of the database alone cannot start guessing.
PEPPER = _secret("HAMROH_PEPPER")
# Signs the access log's checkpoints (the seed of an Ed25519 key is derived from it).
CHECKPOINT_SECRET = _secret("HAMROH_CHECKPOINT_SECRET")

ALLOWED_HOSTS = env.words("HAMROH_ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,testserver")
CSRF_TRUSTED_ORIGINS = env.words("HAMROH_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "referrals",
    "services",
    "accounts",
    "audit",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "config.apps.ConfigConfig",
]

MIDDLEWARE = [
    "audit.middleware.RequestId",
    "config.middleware.Compress",
    "config.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.SignIn",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.KnownFailures",
    "config.middleware.WrongMethod",
    "audit.middleware.DeniedAttempts",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "config.context.page"],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "config.templatetags.interface",
            ],
        },
    }
]

# --- Database: SQLite for a small office, PostgreSQL for a network ---

_database = dj_database_url.parse(
    env.text("HAMROH_DATABASE_URL", f"sqlite:///{VAR_DIR / 'hamroh.sqlite3'}"), conn_max_age=600
)
if _database["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    _database["OPTIONS"] = {
        # A writer takes its lock at BEGIN, so two writers queue instead of failing half way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
            # Deleted keys must not survive in free pages.
            "PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON; "
            # 32 MB of pages at most in each process, not 2: a page of cases reads a thousand.
            "PRAGMA cache_size=-32768;"
        ),
    }
    # In memory there is no WAL and one connection for all threads: tests use a file, as the site does.
    _database["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
elif _database["ENGINE"] == "django.db.backends.postgresql":
    # What a page asks again and again is planned once for each connection, not each time.
    _database["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 5}
else:
    raise ImproperlyConfigured("HAMROH_DATABASE_URL must name SQLite or PostgreSQL.")
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

# --- People: there is no password hash, no session table, no superuser (accounts/) ---

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["guardian.backends.ObjectPermissionBackend"]
ANONYMOUS_USER_NAME = None
GUARDIAN_AUTO_PREFETCH = False

# Argon2id cost: (memory KiB, passes, lanes). Tests use the cheapest the library takes.
KDF_COST = (64, 1, 1) if MODE == "test" else (65536, 3, 1)

# `__Host-` needs TLS. Plain HTTP is for one's own machine only; `check --deploy` refuses it.
SECURE_COOKIES = PRODUCTION
_prefix = "__Host-" if SECURE_COOKIES else ""
SESSION_ID_COOKIE = f"{_prefix}sid"
SESSION_HALF_COOKIE = f"{_prefix}half"
CARD_COOKIE = f"{_prefix}card"
# Set by the page itself when somebody locks or leaves without a network: the next request ends the session.
LOCK_COOKIE = f"{_prefix}lock"
SESSION_IDLE_SECONDS = 15 * 60
SESSION_ABSOLUTE_SECONDS = 8 * 60 * 60
STEP_UP_SECONDS = 10 * 60

CSRF_COOKIE_NAME = f"{_prefix}csrf"
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

# A deployed site stands behind a proxy that ends TLS and says who called (docs/operations.md).
BEHIND_PROXY = env.flag("HAMROH_BEHIND_PROXY", PRODUCTION)
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
# Nothing to any other site. Not `no-referrer`: browsers then send `Origin: null` with our own forms,
# and Django refuses them (measured in Chromium).
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Points a minute for one network on the open API: a page costs one, an export twenty.
OPEN_API_PER_MINUTE = env.whole("HAMROH_OPEN_API_PER_MINUTE", 240, least=20, most=100_000)

# A gateway for SMS stands at a public address unless this says that one's own network may be called.
GATEWAY_MAY_BE_PRIVATE = env.flag("HAMROH_GATEWAY_MAY_BE_PRIVATE", False)

# Nothing a person uploads or types may touch the disk in clear: keep uploads in memory, bounded.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Where the quick exit leads: neutral pages that the organisation may edit, one picked by chance
# (always the same one would look suspicious).
QUICK_EXIT_TARGETS = env.words(
    "HAMROH_QUICK_EXIT_TARGETS", "https://www.wikipedia.org/,https://obhavo.uz/,https://www.google.com/"
)

# --- Mail: only notices (accounts/notices, services/notices.py). Without a server none is sent ---

SITE_URL = env.text("HAMROH_SITE_URL", "")  # https://hamroh.example, for the link in a notice
MAIL_HOST = env.text("HAMROH_MAIL_HOST", "")
EMAIL_HOST = MAIL_HOST or "localhost"
EMAIL_PORT = env.whole("HAMROH_MAIL_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = env.text("HAMROH_MAIL_USER", "")
EMAIL_HOST_PASSWORD = env.secret("HAMROH_MAIL_PASSWORD", least=1) or ""
EMAIL_USE_TLS = env.flag("HAMROH_MAIL_TLS", True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("HAMROH_MAIL_FROM", "noreply@localhost")
EMAIL_SUBJECT_PREFIX = ""

# --- Languages ---

django_locale.LANG_INFO["uz-cyrl"] = {
    "bidi": False,
    "code": "uz-cyrl",
    "name": "Uzbek (Cyrillic)",
    "name_local": "ўзбекча (кирилл)",
}
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("uz", _("Uzbek")),
    ("uz-cyrl", _("Uzbek (Cyrillic)")),
    ("ru", _("Russian")),
    ("en", _("English")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
# Says that lists show no names on this screen (config/screen.py).
NAMES_COOKIE = "names"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("HAMROH_TIME_ZONE", "Asia/Tashkent")

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_ALLOW_ALL_ORIGINS = False

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.SignedIn"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.errors.api_exception_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Hamroh",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Codes stand where they are used: the hook that gathers them has to invent names for them.
    "POSTPROCESSING_HOOKS": [],
}

# Exceptions are logged by type and place only: a message or a local may hold a survivor's words.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "config.logs.WithoutDetails", "format": "%(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}

warnings.filterwarnings("error", message=r".*received a naive datetime.*", category=RuntimeWarning)
