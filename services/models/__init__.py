"""The directory's tables and invariants: HSDS 3.1 records, places, availability, imports, links.

One file a concept. Search tables (``search``) are derived: ``services.actions.indexing`` writes
them from the others. Nothing here knows a survivor.
"""

from services.models.availability import AvailabilityReport, PlaceHold
from services.models.editing import Proposal, Suggestion
from services.models.entries import Location, Organization, Service, ServiceAtLocation
from services.models.groups import WorkingGroup
from services.models.imports import ImportRow, ImportRun, ImportSource, ImportUpload, SiteDecision
from services.models.links import OneTimeLink
from services.models.merging import DuplicatePair, Merge
from services.models.notices import NoticeSent
from services.models.parts import (
    Accessibility,
    Address,
    Attribute,
    Contact,
    CostOption,
    Language,
    Phone,
    RequiredDocument,
    Schedule,
    ScheduleException,
    ServiceArea,
    ServiceCapacity,
    Taxonomy,
    TaxonomyTerm,
    Unit,
    Url,
)
from services.models.places import District, Region
from services.models.quota import OpenUse
from services.models.search import ServiceFacet, ServiceHours, ServiceToken
from services.models.verification import VerificationSession

__all__ = [
    "Accessibility",
    "Address",
    "Attribute",
    "AvailabilityReport",
    "Contact",
    "CostOption",
    "District",
    "DuplicatePair",
    "ImportRow",
    "ImportRun",
    "ImportSource",
    "ImportUpload",
    "Language",
    "Location",
    "Merge",
    "NoticeSent",
    "OneTimeLink",
    "OpenUse",
    "Organization",
    "Phone",
    "PlaceHold",
    "Proposal",
    "Region",
    "RequiredDocument",
    "Schedule",
    "ScheduleException",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceCapacity",
    "ServiceFacet",
    "ServiceHours",
    "ServiceToken",
    "SiteDecision",
    "Suggestion",
    "Taxonomy",
    "TaxonomyTerm",
    "Unit",
    "Url",
    "VerificationSession",
    "WorkingGroup",
]
