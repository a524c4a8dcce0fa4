"""Forms of the directory: the search, the desk's report, the import."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from services import codes
from services.files.tables import Table
from services.hsds import columns
from services.queries.places import district_choices, region_choices
from services.queries.search import SearchFilters

_ANY = ("", _("Any"))


class SearchForm(forms.Form):
    """What to look for. Sent by GET: these are words of the public directory, and nothing is kept."""

    q = forms.CharField(
        label=_("What do you need?"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    type = forms.ChoiceField(
        label=_("Kind of help"), required=False, choices=[_ANY, *codes.ServiceType.choices]
    )
    region = forms.ChoiceField(label=_("Region"), required=False)
    district = forms.ChoiceField(label=_("District"), required=False)
    open = forms.BooleanField(label=_("Open now"), required=False)
    available = forms.BooleanField(label=_("Has room now"), required=False)
    language = forms.ChoiceField(label=_("Speaks"), required=False, choices=[_ANY, *codes.LANGUAGES.items()])
    access = forms.ChoiceField(label=_("Access"), required=False, choices=[_ANY, *codes.AccessNeed.choices])
    sex = forms.ChoiceField(label=_("For"), required=False, choices=[_ANY, *codes.Sex.choices[1:]])
    age = forms.IntegerField(label=_("Age"), required=False, min_value=0, max_value=120)

    MORE = ("language", "access", "sex", "age")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = region_choices()
        self._choices("region").choices = [("", _("Everywhere")), *regions]
        region = self.data.get("region", "")
        # Only what is a region goes to the database: PostgreSQL stops at a NUL.
        districts = district_choices(region) if region in dict(regions) else []
        if districts:
            self._choices("district").choices = [("", _("The whole region")), *districts]
        else:
            del self.fields["district"]

    def _choices(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            raise TypeError(name)
        return field

    @property
    def filters(self) -> SearchFilters:
        """Return the filters; what is not valid is left out."""
        given = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return SearchFilters(
            words=given.get("q") or "",
            service_type=given.get("type") or "",
            region=given.get("region") or "",
            district=given.get("district") or "",
            open_now=given.get("open") or False,
            available_now=given.get("available") or False,
            language=given.get("language") or "",
            access=given.get("access") or "",
            sex=given.get("sex") or "",
            age=given.get("age"),
        )

    @property
    def more_is_open(self) -> bool:
        return any(self.data.get(name) for name in self.MORE)

    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]


class ReportForm(forms.Form):
    """How much room there is. The status was the first tap, places are the second, sending the third.

    ``key`` makes a repeated click, or one sent again after the line broke, report nothing twice.
    """

    use_required_attribute = False  # our own words say what is missing, and keep what was typed
    COUNTED = (codes.AvailabilityStatus.CAPACITY,)

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    status = forms.ChoiceField(choices=codes.AvailabilityStatus.choices, widget=forms.HiddenInput)
    places = forms.TypedChoiceField(
        label=_("How many places are free?"),
        choices=[("", _("We do not count")), *((str(n), str(n)) for n in range(1, 10))],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    more_places = forms.IntegerField(
        label=_("More than nine: how many?"),
        required=False,
        min_value=10,
        max_value=999,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    opens_again = forms.DateField(
        label=_("On which day do you open again?"),
        help_text=_("From that day on it says again what it said before. Leave it open if you do not know."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    note = forms.CharField(
        label=_("A word for caseworkers"),
        help_text=_("Never anything about a person."),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, status: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = self.data.get("status", status) if self.is_bound else status
        if self.chosen not in self.COUNTED:
            del self.fields["places"], self.fields["more_places"]
        if self.chosen != codes.AvailabilityStatus.CLOSED:
            del self.fields["opens_again"]

    @property
    def is_known(self) -> bool:
        return self.chosen in codes.AvailabilityStatus.values

    @property
    def said(self) -> dict[str, Any]:
        """Return the answers by the names that the actions give them."""
        given = self.cleaned_data
        return {
            "places_free": given.get("more_places") or given.get("places"),
            "opens_again": given.get("opens_again"),
            "note": given["note"],
            "once": given["key"],
        }


class LinkForm(forms.Form):
    """For how long a link to report places is open, if nobody uses it."""

    DAYS = (("1", _("1 day")), ("7", _("7 days")), ("30", _("30 days")))

    days = forms.TypedChoiceField(
        label=_("For how long may it be used?"),
        choices=DAYS,
        coerce=int,
        initial="1",
        widget=forms.RadioSelect,
    )


class ImportForm(forms.Form):
    """A file of services, and where it comes from."""

    source = forms.CharField(
        label=_("Where does it come from?"),
        help_text=_("A short name. Use the same one each time, so that changes are recognised."),
        max_length=60,
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("HSDS (JSON or a package), CSV or XLSX, also as a zip. At most 20 MB."),
        allow_empty_file=True,
    )


class MappingForm(forms.Form):
    """What each column of somebody's own table means. The key opens the file that waits."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, table: Table, *args: Any, chosen: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [name for name in table.header if name]
        offered = [("", _("Leave it out")), *((one.name, one.title) for one in columns.choices())]
        for number, name in enumerate(self.names):
            found = columns.samples(table, name)
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=name,
                help_text=" · ".join(found),
                required=False,
                choices=offered,
                initial=(chosen or {}).get(name, ""),
            )

    @property
    def mapping(self) -> dict[str, str]:
        """Return {column: field} for every column, an empty field where it is left out."""
        return {name: self.cleaned_data[f"column_{number}"] for number, name in enumerate(self.names)}
