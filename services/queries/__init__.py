"""Every read of the directory that is more than one line.

One search serves the web pages, the API and the tracker's match. What the public sees passes
through ``search`` and ``published_service``, which leave out numbers that are not public.
"""

from services.queries.availability import Availability, availability_of
from services.queries.cards import ServiceCard
from services.queries.entries import (
    counts_by_region,
    desk_services,
    organization_page,
    published_organization,
    published_service,
)
from services.queries.imports import import_run, import_runs
from services.queries.matching import Match, Needs, Reason, match
from services.queries.merging import (
    current_id,
    may_undo,
    merges,
    pair_of,
    public_id,
    same_organizations,
    same_service,
    waiting_pairs,
    why_not_merge,
)
from services.queries.search import Page, SearchFilters, search

__all__ = [
    "Availability",
    "Match",
    "Needs",
    "Page",
    "Reason",
    "SearchFilters",
    "ServiceCard",
    "availability_of",
    "counts_by_region",
    "current_id",
    "desk_services",
    "import_run",
    "import_runs",
    "match",
    "may_undo",
    "merges",
    "organization_page",
    "pair_of",
    "public_id",
    "published_organization",
    "published_service",
    "same_organizations",
    "same_service",
    "search",
    "waiting_pairs",
    "why_not_merge",
]
