"""Cases: list, open, read, change a section, note, reach her, share, close, find a place."""

from dataclasses import fields
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries import colleagues
from accounts.roles import RoleName
from accounts.unlocked import Unlocked
from referrals import access, actions, directory, entries, queries
from referrals.access import OpenCase
from referrals.access.common import denied, may_work
from referrals.api import answers
from referrals.api import serializers as shapes
from referrals.api.changes import Change, ChangeView, EditView, who
from referrals.api.reading import goes_on, page_of
from referrals.errors import Invalid, WrongState
from referrals.forms.api import InquiryForm, ServiceForm
from referrals.forms.base import VersionedForm
from referrals.forms.cases import CloseCaseForm, NewCaseForm, NoteForm
from referrals.forms.find import NeedsForm, NothingFoundForm, WhyForm
from referrals.forms.referral import ShareForm
from referrals.leaving_out import why_not
from referrals.payload import Card, Closing
from referrals.views.find import needs_of
from referrals.views.sections import SECTIONS, Section, save, version_of
from services.actions import hold_place, release_place
from services.errors import NotAllowed
from services.queries.places import grouped_districts


def viewed(unlocked: Unlocked, case_id: UUID) -> OpenCase:
    return access.case_for(unlocked, case_id)


def edited(unlocked: Unlocked, case_id: UUID) -> OpenCase:
    return access.case_for(unlocked, case_id, to="edit")


def caseworker(unlocked: Unlocked) -> None:
    if not may_work(unlocked, {RoleName.CASEWORKER}):
        raise denied(unlocked, entries.CASE_OPENED, "case", None)


# --- A list, and a new one ---


def _open(unlocked: Unlocked, opened: None, form: Any) -> UUID:
    known = form.cleaned_data
    card = Card(**{name: known[name] for name in ("alias", "age_band", "sex", "language", "district")})
    return actions.open_case(unlocked=unlocked, card=card, once=known["key"]).id


class CaseList(ChangeView):
    change = Change(
        name="case_open",
        summary="Open a case; an invented name is enough",
        door=caseworker,
        form=NewCaseForm,
        fill=lambda _opened, data: NewCaseForm(data, districts=grouped_districts()),
        act=_open,
        makes=True,
    )

    @extend_schema(
        operation_id="cases",
        parameters=[shapes.PageSerializer],
        responses=shapes.CaseListSerializer,
        summary="One's own open cases",
    )
    def get(self, request: Request) -> Response:
        page = queries.case_page(who(request), **page_of(request))
        return Response({"results": [answers.case_row(card) for card in page.cards], "next": page.next})


# --- One case ---


class CaseItem(APIView):
    @extend_schema(operation_id="case", responses={200: shapes.CaseSerializer, 404: None}, summary="One case")
    def get(self, request: Request, case_id: UUID) -> Response:
        unlocked = who(request)
        return Response(answers.case(unlocked, access.case_for(unlocked, case_id)))


class Reach(APIView):
    @extend_schema(
        operation_id="case_reach",
        parameters=[shapes.SafeHoursSerializer],
        responses={200: shapes.ReachSerializer, 404: None},
        summary="How she may be reached, then the numbers; none where she wants no contact",
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        unlocked, shows = who(request), goes_on(request)
        opened = access.case_for(unlocked, case_id)
        contact = opened.card().safe_contact
        known = access.numbers_for(unlocked, opened, outside_hours=shows)
        return Response(
            {
                "contact": answers.contact(contact),
                "numbers": known.to_json() if known else {},
                "numbers_wait": known is None and not contact.do_not_contact,
            }
        )


def _edit_of(code: str, section: Section) -> Change:
    def fill(opened: OpenCase, data: dict[str, Any]) -> VersionedForm:
        return section.form({**section.initial(opened), **data}, **section.choices(opened))

    def act(unlocked: Unlocked, opened: OpenCase, form: Any) -> None:
        save(unlocked, opened, section, form.cleaned_data)

    def stands(unlocked: Unlocked, opened: OpenCase) -> dict[str, Any]:
        opened.forget()
        return {"version": version_of(opened, section)}

    return Change(
        name=f"case_edit_{code.replace('-', '_')}",
        summary="Change a part of a case; what is left out stays as it is",
        door=edited,
        form=section.form,
        fill=fill,
        act=act,
        stands=stands,
    )


def edit_views() -> dict[str, type[EditView]]:
    """Return an address's view for each section that the pages ask for."""
    return {
        code: type("Edit", (EditView,), {"change": _edit_of(code, section)})
        for code, section in SECTIONS.items()
    }


def _note(unlocked: Unlocked, opened: OpenCase, form: Any) -> None:
    known = form.cleaned_data
    actions.add_note(unlocked=unlocked, opened=opened, text=known["text"], once=known["key"])


def _close(unlocked: Unlocked, opened: OpenCase, form: Any) -> None:
    known = form.cleaned_data
    asked = {one.name for one in fields(Closing)}
    checklist = Closing(**{name: value for name, value in known.items() if name in asked})
    actions.close_case(unlocked=unlocked, opened=opened, checklist=checklist, once=known["key"])


def _take_back(unlocked: Unlocked, opened: OpenCase, form: Any) -> None:
    known = form.cleaned_data
    actions.take_back_inquiry(
        unlocked=unlocked, opened=opened, inquiry_id=known["inquiry"], once=known["key"]
    )


class Notes(ChangeView):
    change = Change(name="case_note", summary="Add a note", door=edited, form=NoteForm, act=_note)


class Close(ChangeView):
    change = Change(name="case_close", summary="Close a case", door=edited, form=CloseCaseForm, act=_close)


class TakeBack(ChangeView):
    change = Change(
        name="case_inquiry_take_back",
        summary="Take a question by link back",
        door=edited,
        form=InquiryForm,
        act=_take_back,
    )


# --- Sharing ---


def _share(unlocked: Unlocked, opened: OpenCase, form: Any) -> None:
    known = form.cleaned_data
    people = {str(one.pk): one for one in colleagues(unlocked)}
    if known["person"] not in people:
        raise Invalid({"person": _("Choose a colleague.")})
    days = known["days"]
    actions.share_case(
        unlocked=unlocked,
        opened=opened,
        person=people[known["person"]],
        to=known["to"],
        documents=known["documents"],
        expires_at=unlocked.now + timedelta(days=days) if days else None,
        once=known["key"],
    )


def _share_form(opened: OpenCase, data: dict[str, Any]) -> ShareForm:
    # Who is a colleague is known where it is shared.
    person = str(data.get("person", ""))
    return ShareForm({"to": "view", **data}, colleagues=[(person, person)])


class Shares(ChangeView):
    change = Change(
        name="case_share",
        summary="Share a case with a colleague; asks for the password again",
        door=edited,
        asks_again=True,
        form=ShareForm,
        fill=_share_form,
        act=_share,
        asked_as={"expires_at": "days"},
    )

    @extend_schema(
        operation_id="case_shares",
        responses={200: shapes.HoldersSerializer, 404: None},
        summary="Who holds a case, and whom it can be shared with",
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        unlocked = who(request)
        opened = access.case_for(unlocked, case_id, to="edit")
        holders = [
            {
                "person": one.person.pk,
                "name": one.person.display_name,
                "can_edit": one.can_edit,
                "is_owner": one.is_owner,
                "expires_at": one.expires_at,
            }
            for one in queries.holders_of(unlocked, opened)
        ]
        others = [
            {"person": one.pk, "name": one.display_name} for one in queries.colleagues_with_cases(unlocked)
        ]
        return Response({"holders": holders, "colleagues": others})


def _held(unlocked: Unlocked, case_id: UUID, person: UUID) -> tuple[OpenCase, queries.Holder]:
    opened = access.case_for(unlocked, case_id, to="edit")
    holder = next((one for one in queries.holders_of(unlocked, opened) if one.person.pk == person), None)
    if holder is None or holder.is_owner or not opened.is_owner:
        raise denied(unlocked, entries.CASE_CHANGED, "case", case_id)
    return opened, holder


def _unshare(unlocked: Unlocked, held: tuple[OpenCase, queries.Holder], form: Any) -> None:
    opened, holder = held
    actions.revoke_share(
        unlocked=unlocked, opened=opened, person=holder.person, once=form.cleaned_data["key"]
    )


class ShareEnd(ChangeView):
    change = Change(name="case_unshare", summary="Take a case back", door=_held, act=_unshare)


# --- A place for her ---


def _needs(opened: OpenCase, data: dict[str, Any]) -> NeedsForm:
    known = {name: value for name, value in needs_of(opened, False).items() if value}
    return NeedsForm({**known, **data}, districts=grouped_districts())


def _find(unlocked: Unlocked, opened: OpenCase, form: Any) -> dict[str, Any]:
    found = directory.places_for(unlocked=unlocked, needs=form.cleaned_data, incident=opened.incident())
    return {"results": [answers.place(one) for one in found]}


class Places(ChangeView):
    """What is looked for travels in the body, and is kept nowhere; nothing changes, so no key is asked."""

    change = Change(
        name="case_places",
        summary="Places for her needs, the most fitting first; what is left out is taken from the case",
        door=viewed,
        form=NeedsForm,
        fill=_needs,
        act=_find,
        response=shapes.PlacesSerializer,
    )


def _asked(unlocked: Unlocked, case_id: UUID) -> OpenCase:
    return access.case_for(unlocked, case_id, action=entries.PLACE_ASKED_ABOUT)


def _why_needs(opened: OpenCase, data: dict[str, Any]) -> WhyForm:
    known = {name: value for name, value in needs_of(opened, False).items() if value}
    return WhyForm({**known, **data}, districts=grouped_districts())


def _why(unlocked: Unlocked, opened: OpenCase, form: Any) -> dict[str, Any]:
    known = form.cleaned_data
    found = why_not(
        unlocked=unlocked, opened=opened, needs=known, words=known["words"], service_id=known["service"]
    )
    return {"results": [answers.why(one) for one in found]}


class WhyNot(ChangeView):
    """A question like ``Places``: nothing changes, so no key is asked."""

    change = Change(
        name="case_places_why",
        summary="Why a service is not among the places: by `service`, or by `words` of its name",
        door=_asked,
        form=WhyForm,
        fill=_why_needs,
        act=_why,
        response=shapes.WhyNotSerializer,
    )


def _none_needs(opened: OpenCase, data: dict[str, Any]) -> NothingFoundForm:
    known = {name: value for name, value in needs_of(opened, False).items() if value}
    return NothingFoundForm({**known, **data}, districts=grouped_districts())


def _none(unlocked: Unlocked, opened: OpenCase, form: Any) -> None:
    known = form.cleaned_data
    actions.record_nothing_found(unlocked=unlocked, opened=opened, needs=known, once=known["key"])


class NothingFound(ChangeView):
    change = Change(
        name="case_places_none",
        summary="Write down that there is no place for her needs; 409 where there is one",
        door=edited,
        form=NothingFoundForm,
        fill=_none_needs,
        act=_none,
    )


def _hold(unlocked: Unlocked, opened: None, form: Any) -> None:
    try:
        hold_place(service_id=form.cleaned_data["service"], by=unlocked)
    except NotAllowed as error:
        raise WrongState(str(error)) from None
    except ObjectDoesNotExist:
        raise Http404 from None


def _release(unlocked: Unlocked, opened: None, form: Any) -> None:
    release_place(service_id=form.cleaned_data["service"], by=unlocked)


class Hold(ChangeView):
    change = Change(
        name="place_hold",
        summary="Hold a shelter's free place for 90 minutes",
        door=caseworker,
        form=ServiceForm,
        act=_hold,
    )


class Release(ChangeView):
    change = Change(
        name="place_release",
        summary="Give a held place back",
        door=caseworker,
        form=ServiceForm,
        act=_release,
    )
