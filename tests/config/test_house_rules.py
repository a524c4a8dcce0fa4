"""Rules of the house that neither ruff nor import-linter can see, read from the syntax trees.

Each rule is shown a sample that breaks it, so a rule that stopped looking fails here too.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("vault", "audit", "accounts", "services", "referrals", "config")  # from the bottom up

Rule = Callable[[str, ast.Module], Iterator[ast.AST]]


def product_files() -> list[str]:
    """Return every Python file of the product but migrations, relative to the project."""
    files = (path for room in ROOMS for path in (PROJECT / room).rglob("*.py"))
    return sorted(str(path.relative_to(PROJECT)) for path in files if "migrations" not in path.parts)


def is_module(file: str, *names: str) -> bool:
    """Say whether ``file`` is the module ``name`` of a room, or part of the package of that name."""
    parts = Path(file).with_suffix("").parts
    return any(name in parts[1:] for name in names)


def names_in(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield every name that is read, imported or reached through a dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id, node
        elif isinstance(node, ast.Attribute):
            yield node.attr, node
        elif isinstance(node, ast.alias):
            yield node.name.rsplit(".", 1)[-1], node


def no_managers_in_views(file: str, tree: ast.Module) -> Iterator[ast.AST]:
    """Views and API go through access, actions and queries, never through a manager."""
    if is_module(file, "views", "api"):
        yield from (
            node for name, node in names_in(tree) if name in {"objects", "_default_manager", "_base_manager"}
        )


GUARDIAN_TRAPS = {
    "assign_perm",
    "remove_perm",
    "bulk_remove_perm",
    "get_objects_for_user",
    "get_objects_for_group",
    "get_perms",
    "get_user_perms",
    "get_group_perms",
    "get_perms_for_model",
    "get_users_with_perms",
    "get_groups_with_perms",
    "UserObjectPermission",
    "GroupObjectPermission",
    "get_user_obj_perms_model",
    "get_group_obj_perms_model",
    "GuardedModelAdmin",
    "ObjectPermissionChecker",
    "prefetch_perms",
}


def guardian_stays_behind_the_doors(file: str, tree: ast.Module) -> Iterator[ast.AST]:
    """Guardian's look-ups know of no key and no end date, and show a superuser everything.

    ``guardian.models`` in a models module is its documented extension point, and stays open.
    """
    if is_module(file, "access") or Path(file).match("referrals/grants.py"):
        return
    yield from (node for name, node in names_in(tree) if name in GUARDIAN_TRAPS)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("guardian.shortcuts"):
            yield node


def no_assert(file: str, tree: ast.Module) -> Iterator[ast.AST]:
    """``python -O`` removes assert, so it validates nothing."""
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Assert))


def only_the_vault_does_cryptography(file: str, tree: ast.Module) -> Iterator[ast.AST]:
    """Only the vault imports ``cryptography``, by import statement or by name."""
    if file.startswith("vault/"):
        return
    for node in ast.walk(tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules = [node.module or ""]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if called in {"import_module", "__import__", "import_string"}:
                modules = [
                    str(argument.value) for argument in node.args if isinstance(argument, ast.Constant)
                ]
        if any(module.split(".")[0] == "cryptography" for module in modules):
            yield node


LOG_METHODS = {"debug", "info", "warning", "error", "critical", "log", "exception"}


def no_locals_in_logs(file: str, tree: ast.Module) -> Iterator[ast.AST]:
    """An exception's text or a printed local may hold a survivor's words."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if isinstance(function, ast.Name) and function.id in {"print", "pprint", "breakpoint"}:
            yield node
        if isinstance(function, ast.Attribute):
            owner = ast.unparse(function.value).lower()
            is_logger = owner.rsplit(".", 1)[-1].strip("_") in {"log", "logger", "logging"}
            if is_logger and function.attr == "exception":
                yield node
            if owner == "traceback" and function.attr.startswith(("print", "format_exc")):
                yield node
            if function.attr in LOG_METHODS and any(
                keyword.arg in {"exc_info", "stack_info"} for keyword in node.keywords
            ):
                yield node


MODEL_REFERENCE = re.compile(rf"({'|'.join(ROOMS)})\.[A-Z]\w*")


def models_are_named_downwards(file: str, tree: ast.Module) -> Iterator[ast.AST]:
    """A string such as "referrals.Case" is an import that import-linter cannot see."""
    room = Path(file).parts[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            match = MODEL_REFERENCE.fullmatch(node.value)
            if match and ROOMS.index(match[1]) > ROOMS.index(room):
                yield node


def texts_are_marked_by_a_known_name(file: str, tree: ast.Module) -> Iterator[ast.AST]:
    """What marks a text keeps its own name or is ``_``: no catalogue finds a text marked by another."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            yield from (name for name in node.names if name.asname not in (None, "_"))


# Rule, and samples that break it: file and source.
RULES: list[tuple[Rule, list[tuple[str, str]]]] = [
    (
        no_managers_in_views,
        [
            ("referrals/views.py", "Case.objects.get(pk=1)"),
            ("referrals/views/cases.py", "manager = Case._default_manager"),
            ("services/api.py", "queryset = Service.objects.all()"),
        ],
    ),
    (
        guardian_stays_behind_the_doors,
        [
            ("referrals/actions.py", "from guardian.shortcuts import assign_perm"),
            ("referrals/queries.py", "import guardian.shortcuts as g\ng.get_objects_for_user(user, 'view')"),
            ("accounts/models.py", "from guardian.models import UserObjectPermission"),
        ],
    ),
    (no_assert, [("vault/envelope.py", "assert key")]),
    (
        only_the_vault_does_cryptography,
        [
            ("accounts/actions.py", "from cryptography.fernet import Fernet"),
            ("config/settings.py", "import cryptography.hazmat"),
            ("audit/actions.py", "importlib.import_module('cryptography.fernet')"),
        ],
    ),
    (
        no_locals_in_logs,
        [
            ("referrals/actions.py", "logger.exception('failed')"),
            ("referrals/actions.py", "log.error('failed', exc_info=True)"),
            ("services/actions.py", "print(case)"),
            ("services/actions.py", "traceback.print_exc()"),
        ],
    ),
    (
        models_are_named_downwards,
        [
            ("audit/models.py", "models.ForeignKey('accounts.Person', models.CASCADE)"),
            ("services/models.py", "apps.get_model('referrals.Case')"),
        ],
    ),
    (
        texts_are_marked_by_a_known_name,
        [("services/hsds/columns.py", "from django.utils.translation import gettext as _now")],
    ),
]


@pytest.mark.parametrize("rule", [rule for rule, _ in RULES], ids=lambda rule: rule.__name__)
def test_product_keeps(rule: Rule) -> None:
    broken = [
        f"{file}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)}"
        for file in product_files()
        for node in rule(file, ast.parse((PROJECT / file).read_text(encoding="utf-8")))
    ]
    assert not broken, f"{rule.__doc__}\n" + "\n".join(broken)


@pytest.mark.parametrize(
    ("rule", "file", "source"),
    [(rule, file, source) for rule, samples in RULES for file, source in samples],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_broken_rule_is_seen(rule: Rule, file: str, source: str) -> None:
    assert list(rule(file, ast.parse(source)))


@pytest.mark.parametrize(
    ("rule", "file", "source"),
    [
        (no_managers_in_views, "referrals/queries.py", "Case.objects.all()"),
        (guardian_stays_behind_the_doors, "referrals/access.py", "from guardian.shortcuts import get_perms"),
        (guardian_stays_behind_the_doors, "referrals/grants.py", "checker.prefetch_perms(cases)"),
        (
            guardian_stays_behind_the_doors,
            "referrals/models.py",
            "from guardian.models import UserObjectPermissionBase",
        ),
        (only_the_vault_does_cryptography, "vault/envelope.py", "from cryptography.hazmat import x"),
        (models_are_named_downwards, "referrals/models.py", "models.ForeignKey('accounts.Person')"),
        (no_locals_in_logs, "audit/actions.py", "logger.warning('log is closed')"),
        (
            texts_are_marked_by_a_known_name,
            "services/forms.py",
            "from django.utils.translation import gettext, gettext_lazy as _",
        ),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_kept_rule_is_quiet(rule: Rule, file: str, source: str) -> None:
    assert not list(rule(file, ast.parse(source)))
