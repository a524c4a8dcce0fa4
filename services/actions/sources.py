"""Names under which files come in: whose they are, and how their columns are mapped.

A source belongs to the agency that first used it, so that no other agency's editor changes what
came under it by sending a file of their own. The command on the server is the operator's way.
"""

from uuid import UUID

from django.utils.translation import gettext as _

from services.errors import ImportRefused
from services.hsds.columns import Mapping
from services.models import ImportSource, Location, Organization, Service

OPERATOR = None  # no agency: imported by command


def checked_name(source: str) -> str:
    """Return a source's name in one spelling. Raises ImportRefused for what is no plain name."""
    source = " ".join(source.split())
    if not source or len(source) > 60 or not source.isprintable():
        raise ImportRefused(
            _("The source needs a name of at most 60 characters."),
            advice=_("Use the same short name each time, such as the sender’s."),
        )
    return source


def _is_in_use(name: str) -> bool:
    return any(model.objects.filter(source=name).exists() for model in (Service, Organization, Location))


def source_for(name: str, agency: UUID | None) -> ImportSource:
    """Return a source, unsaved where it is new. Raises ImportRefused if it is another agency's.

    ``agency`` is that of the editor; None is the operator, who may use any.
    """
    found = ImportSource.objects.filter(pk=name).first()
    if found is None:
        # Entries without a source on record came by command.
        found = ImportSource(name=name, agency_id=OPERATOR if _is_in_use(name) else agency)
    if agency is not None and found.agency_id != agency:
        raise ImportRefused(
            _("The source %(name)s belongs to somebody else.") % {"name": name},
            advice=_("Choose another name, or ask who brings that source’s files to send this one."),
        )
    return found


def remember(source: ImportSource, mapping: Mapping | None, empty_clears: bool) -> None:
    """Keep a source from its first use on, the mapping of its last table, and what empty cells mean."""
    kept, made = ImportSource.objects.select_for_update().get_or_create(
        pk=source.name,
        defaults={"agency_id": source.agency_id, "mapping": mapping or {}, "empty_clears": empty_clears},
    )
    if kept.agency_id != source.agency_id:
        # Somebody else was a moment quicker.
        source_for(source.name, source.agency_id)
    mapping = kept.mapping if mapping is None else mapping
    if not made and (kept.mapping, kept.empty_clears) != (mapping, empty_clears):
        kept.mapping, kept.empty_clears = mapping, empty_clears
        kept.save(update_fields=["mapping", "empty_clears"])
