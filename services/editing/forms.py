"""Forms of the editor's screens: one per section, made from what ``sections`` says; and the small ones.

A form gives back a snapshot (``SectionForm.after``). It carries the mark of what the entry said
when the page was shown, so that nobody changes what they have not seen.
"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from services import codes, screening
from services.editing import records
from services.editing.fields import DIALLED, Clock, field_of, kept, shown
from services.editing.records import ROWS
from services.editing.sections import Data, Fact, Kind, Section, keys
from services.models import Suggestion
from services.places import Gazetteer
from services.queries.places import place_choices

SPARE_ROWS = 2
MOST_ROWS = 40


class EditorForm(forms.Form):
    """A form that is sent once: ``key`` becomes the id of what it makes."""

    use_required_attribute = False  # our own words say what is missing, and keep what was typed

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class Plain(forms.CharField):
    """Free text in which a number of a person is refused."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        sentence = screening.warning_for(value or "")
        if sentence is not None:
            raise forms.ValidationError(_("%(what)s Take it out.") % {"what": sentence})


def _text(**kwargs: Any) -> Plain:
    return Plain(widget=forms.Textarea(attrs={"rows": 3}), max_length=500, **kwargs)


@dataclass(frozen=True)
class Group:
    """Fields that stand together on the page, with what they are about; ``pairs`` two in a row."""

    legend: str
    fields: list[forms.BoundField]
    pairs: bool = False


class SectionForm(EditorForm):
    """One section of one record. ``after`` is the snapshot that is proposed."""

    def __init__(self, *args: Any, section: Section, now: Data, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section, self.now = section, now
        self.groups: list[Group] = []
        self.hint = next((fact.help for fact in section.facts if fact.kind == Kind.HOURS), "")
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, initial=records.digest(now))
        single: list[str] = []
        for fact in section.facts:
            if fact.kind == Kind.HOURS:
                self._add_hours(now["hours"])
            else:
                single += self._add(fact, "", now)
        if single:
            self.groups.insert(0, Group("", [self[name] for name in single]))
        if section.rows is not None:
            self._add_rows()
        self.fields["why"] = _text(
            label=_("How do you know?"),
            help_text=_("For example: “called the desk today”. Nothing about a person."),
            required=False,
        )
        self.groups.append(Group("", [self["why"]]))

    def _add(self, fact: Fact, prefix: str, now: Data, *, is_spare: bool = False) -> list[str]:
        names = []
        for key, code, name in keys(fact):
            label = f"{fact.label} ({name})" if name else str(fact.label)
            is_required = fact.is_required and code in ("", "en") and not prefix
            field = field_of(fact, label, is_required=is_required)
            field.initial = None if is_spare else self._initial(fact, now.get(key))
            self.fields[prefix + key] = field
            names.append(prefix + key)
        return names

    def _initial(self, fact: Fact, value: Any) -> Any:
        if fact.kind == Kind.AREAS:
            return "\n".join(_place_lines(value or []))
        return shown(fact.kind, value)

    def _add_rows(self) -> None:
        rows = self.section.rows
        if rows is None:
            return
        listed: list[Data] = self.now[ROWS]
        for number in range(len(listed) + SPARE_ROWS):
            is_spare = number >= len(listed)
            prefix = f"{ROWS}-{number}-"
            now = {} if is_spare else listed[number]
            names = []
            for fact in rows.facts:
                names += self._add(fact, prefix, now, is_spare=is_spare)
            legend = str(_("One more (leave it empty if there is none)"))
            if not is_spare:
                legend = _("%(what)s %(number)d") % {"what": rows.label, "number": number + 1}
                self.fields[f"{prefix}gone"] = forms.BooleanField(label=_("Take this out"), required=False)
                names.append(f"{prefix}gone")
            self.groups.append(Group(legend, [self[name] for name in names]))

    def _add_hours(self, listed: list[Data]) -> None:
        for weekday in range(7):
            of_day = [one for one in listed if one["weekday"] == weekday]
            names = []
            for number in range(max(2, len(of_day))):
                one = of_day[number] if number < len(of_day) else {}
                for key, label in (("opens", _("Opens")), ("closes", _("Closes"))):
                    name = f"hours-{weekday}-{number}-{key}"
                    again = _("%(what)s again") % {"what": label} if number else label
                    self.fields[name] = Clock(label=again, required=False, initial=one.get(key))
                    names.append(name)
            name = f"hours-{weekday}-appointment"
            self.fields[name] = forms.BooleanField(
                label=_("By appointment"),
                required=False,
                initial=bool(of_day) and all(one["by_appointment"] for one in of_day),
            )
            self.groups.append(
                Group(str(WEEKDAYS[weekday]), [self[one] for one in (*names, name)], pairs=True)
            )

    # --- reading the answer ---

    def clean(self) -> Data:
        data = super().clean() or self.cleaned_data
        self.after: Data = {}
        for fact in self.section.facts:
            if fact.kind == Kind.HOURS:
                self.after["hours"] = self._clean_hours(data)
            elif fact.kind == Kind.AREAS:
                self.after[fact.name] = self._clean_areas(fact.name, data.get(fact.name) or "")
            else:
                self.after |= self._read(fact, "", data)
        if self.section.rows is not None:
            self.after[ROWS] = self._clean_rows(self.section.rows.facts, data)
        self._check_order()
        return data

    def _read(self, fact: Fact, prefix: str, data: Data) -> Data:
        # A field with an error has no value; then nothing of this is used.
        empty: Any = [] if fact.kind in (Kind.CHOICES, Kind.LANGUAGES) else None
        if fact.kind in (Kind.LINE, Kind.TEXT, Kind.PHONE, Kind.EMAIL, Kind.URL, Kind.CHOICE, Kind.PLACE):
            empty = ""
        found = {}
        for key, _code, _name in keys(fact):
            value = data.get(prefix + key)
            found[key] = kept(fact.kind, empty if value is None else value)
        return found

    def _clean_rows(self, facts: tuple[Fact, ...], data: Data) -> list[Data]:
        listed: list[Data] = self.now[ROWS]
        found: list[Data] = []
        places: list[int] = []
        for number in range(len(listed) + SPARE_ROWS):
            prefix = f"{ROWS}-{number}-"
            if data.get(f"{prefix}gone"):
                continue
            row: Data = {}
            for fact in facts:
                row |= self._read(fact, prefix, data)
            if number >= len(listed) and not any(row.values()):
                continue
            for fact in facts:
                if (
                    fact.is_required
                    and row[fact.name] in ("", None)
                    and prefix + fact.name not in self.errors
                ):
                    self.add_error(prefix + fact.name, _("Fill this in, or take the whole out."))
            pk = listed[number]["id"] if number < len(listed) else str(uuid4())
            found.append({"id": pk} | row)
            places.append(number)
        if len(found) > MOST_ROWS:
            self.add_error(None, _("At most %(most)d fit here.") % {"most": MOST_ROWS})
        for name, sentence in records.mistakes(self.section, {ROWS: found}).items():
            if name.startswith(f"{ROWS}-"):
                of_row, key = name.removeprefix(f"{ROWS}-").split("-", 1)
                self.add_error(f"{ROWS}-{places[int(of_row)]}-{key}", sentence)
        return found

    def _clean_hours(self, data: Data) -> list[Data]:
        found: list[Data] = []
        for weekday in range(7):
            number = 0
            while f"hours-{weekday}-{number}-opens" in self.fields:
                opens, closes = (data.get(f"hours-{weekday}-{number}-{key}") for key in ("opens", "closes"))
                missing = "closes" if opens is not None else "opens"
                name = f"hours-{weekday}-{number}-{missing}"
                if (opens is None) != (closes is None) and name not in self.errors:
                    self.add_error(name, _("Both times are needed, or neither."))
                if opens is not None and closes is not None:
                    found.append(
                        {
                            "weekday": weekday,
                            "opens": f"{opens:%H:%M}",
                            "closes": f"{closes:%H:%M}",
                            "by_appointment": bool(data.get(f"hours-{weekday}-appointment")),
                        }
                    )
                number += 1
        return sorted(found, key=lambda one: (one["weekday"], one["opens"], one["closes"]))

    def _clean_areas(self, name: str, text: str) -> list[str]:
        gazetteer = Gazetteer()
        found = set()
        for line in text.splitlines():
            if not line.strip():
                continue
            place = gazetteer.by_code(line) or gazetteer.by_name(line)
            if place is None:
                sentence = _(
                    "“%(line)s” is no region or district that we know, or two have this name. "
                    "Write the region’s code before it, such as UZ-JI/Zomin."
                )
                self.add_error(name, sentence % {"line": line.strip()[:60]})
            else:
                found.add(place.district or place.region)
        return sorted(found)

    def _check_order(self) -> None:
        for name, sentence in records.mistakes(self.section, self.after).items():
            if not name.startswith(f"{ROWS}-") and name not in self.errors:
                self.add_error(name, sentence)
        after = self.after
        lowest, highest = after.get("minimum_age"), after.get("maximum_age")
        if lowest is not None and highest is not None and lowest > highest:
            self.add_error("maximum_age", _("The oldest age is below the youngest."))
        if (after.get("latitude") is None) != (after.get("longitude") is None):
            self.add_error("longitude", _("Both are needed, or neither."))
        if self.section.code == "service_days" and not self.errors:
            for number, row in enumerate(after[ROWS]):
                self._check_days(number, row)

    def _check_days(self, number: int, row: Data) -> None:
        if row["date_to"] < row["date_from"]:
            self.add_error(f"{ROWS}-{number}-date_to", _("The last day is before the first."))
        opens, closes = row["opens"], row["closes"]
        if (opens is None) != (closes is None) or (opens is not None and closes <= opens):
            self.add_error(
                f"{ROWS}-{number}-closes", _("Both times are needed, the second after the first; or neither.")
            )

    @property
    def was_seen(self) -> bool:
        """Whether the entry still says what it said when the page was shown."""
        return bool(self.data.get("seen") == records.digest(self.now))

    def show_anew(self) -> None:
        """Take what the entry says now as seen, keeping what was typed."""
        again: Any = self.data.copy()  # type: ignore[attr-defined]
        again["seen"] = records.digest(self.now)
        self.data = again


def _place_lines(listed: list[str]) -> list[str]:
    """Return names that lead back to these codes; the code itself where a name would not."""
    if not listed:
        return []
    gazetteer = Gazetteer()
    names = dict(pair for _group, pairs in place_choices() for pair in pairs)
    found = []
    for code in listed:
        name = str(names.get(code, code))
        place = gazetteer.by_name(name)
        found.append(name if place and (place.district or place.region) == code else code)
    return found


class DecisionForm(forms.Form):
    """Yes or no to a proposal; a no needs a reason."""

    use_required_attribute = False

    reason = _text(
        label=_("Reason"), help_text=_("Needed to turn it down. Nothing about a person."), required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if "reject" in self.data and not answers.get("reason"):
            self.add_error("reason", _("Say why: the author reads it."))
        return answers


class ReasonForm(EditorForm):
    """Why something is to be: hiding, publishing, a site's confidentiality, an answer to the public."""

    reason = _text(label=_("Reason"), help_text=_("Nothing about a person."))


class NewEntryForm(EditorForm):
    """The first few facts of a service that is not listed yet."""

    organization_name = Plain(label=_("Organisation that gives the service"), max_length=300)
    name = Plain(label=_("Name of the service"), max_length=300)
    service_type = forms.ChoiceField(
        label=_("Kind of help"), choices=[("", _("Choose")), *codes.ServiceType.choices]
    )
    description = Plain(
        label=_("What they do"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        help_text=_("Nothing that tells where a shelter is."),
    )
    phone = forms.CharField(label=_("Phone"), max_length=60, required=False, validators=[DIALLED])
    place = forms.ChoiceField(label=_("Region or district"))
    why = _text(label=_("How do you know?"), required=False)

    def __init__(self, *args: Any, has_organization: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_organization:
            del self.fields["organization_name"]
        place = self.fields["place"]
        if isinstance(place, forms.ChoiceField):
            place.choices = [("", _("Choose")), *place_choices()]


class NewSiteForm(EditorForm):
    """One more site of a service; a confidential one has a region or district and nothing else."""

    TELLING = ("name", "address_1", "city")

    is_confidential = forms.BooleanField(
        label=_("This site is confidential"),
        help_text=_("Then leave out its name and address: they are not written down."),
        required=False,
    )
    place = forms.ChoiceField(label=_("Region or district"))
    name = Plain(label=_("Name of the site"), max_length=300, required=False)
    address_1 = Plain(label=_("Street and number"), max_length=300, required=False)
    city = Plain(label=_("Town or village"), max_length=200, required=False)
    why = _text(label=_("How do you know?"), required=False)

    def __init__(self, *args: Any, is_confidential: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["place"]
        if isinstance(place, forms.ChoiceField):
            place.choices = [("", _("Choose")), *place_choices()]
        if is_confidential:
            # A site of a shelter is withheld in any case: there is nothing else to write.
            for name in self.TELLING:
                del self.fields[name]

    def clean(self) -> Data:
        data = super().clean() or self.cleaned_data
        for name in self.TELLING:
            if data.get("is_confidential") and data.get(name):
                self.add_error(name, _("Leave this out: the site is confidential."))
        return data

    @property
    def after(self) -> Data:
        """What is proposed, in the shape of ``actions.propose_site``."""
        given = self.cleaned_data
        flag = given["is_confidential"] or "name" not in self.fields
        return {"is_confidential": flag, "place": given["place"]} | {
            name: given.get(name, "") for name in self.TELLING
        }


class SuggestionForm(EditorForm):
    """What is wrong with an entry, told without an account. Asks for nothing about who tells it."""

    about = forms.ChoiceField(
        label=_("What is wrong?"), choices=Suggestion.About.choices, widget=forms.RadioSelect
    )
    text = _text(
        label=_("In a few words"),
        help_text=_(
            "Only about the place. Write no names, no phone numbers, nothing about yourself or anybody else."
        ),
        required=False,
    )

    def __init__(self, *args: Any, is_confidential: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_confidential:
            # Whoever knows where a shelter is must find no box to write it into.
            del self.fields["text"]
