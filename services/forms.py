"""Forms of the directory: the search, the desk's report, the import."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from services import codes
from services.files.tables import Table
from services.hsds import columns
from services.queries.orders import Sort
from services.queries.places import district_choices, grouped_districts, region_choices
from services.queries.search import SearchFilters
from vault.kdf import keyed_hash

_ANY = ("", _("Any"))


class WholeNumber(forms.IntegerField):
    """A whole number from ``min_value`` to ``max_value``; anything else is answered with both of them."""

    def clean(self, value: Any) -> int | None:
        try:
            number: int | None = super().clean(value)
        except ValidationError as wrong:
            if getattr(wrong, "code", None) == "required":
                raise
            limits = {"least": self.min_value, "most": self.max_value}
            said = _("Choose a number from %(least)d to %(most)d.")
            raise ValidationError(said, code="range", params=limits) from None
        return number


class SentOnce(forms.Form):
    """A form that is sent once: ``key``, made when its page is shown, makes a repetition do nothing twice.

    Repeated is the same form with the same answers. Other answers under the same key (a number put right
    after the line broke, or after going back in the browser) are another form, never "done already".
    """

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def clean_key(self) -> UUID | None:
        key: UUID | None = self.cleaned_data["key"]
        if key is None:
            return None
        data: Any = self.data
        sent: Any = self.files
        answers = data.lists() if hasattr(data, "lists") else data.items()
        said = sorted((name, repr(value)) for name, value in answers if name not in _NO_ANSWERS)
        files = [(name, file.read()) for name, file in sorted(sent.items())]
        for file in sent.values():
            file.seek(0)
        parts = (part for pair in (*said, *files) for part in pair)
        return UUID(bytes=keyed_hash(key.bytes, *parts)[:16])


_NO_ANSWERS = frozenset({"key", "csrfmiddlewaretoken"})


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
    age = WholeNumber(label=_("Age"), required=False, min_value=0, max_value=120)

    children = forms.BooleanField(label=_("Children may come along"), required=False)
    free = forms.BooleanField(label=_("Free of charge"), required=False)
    papers = forms.BooleanField(label=_("Names no papers to bring"), required=False)
    duty = forms.BooleanField(label=_("No legal duty to notify anybody"), required=False)
    checked = forms.TypedChoiceField(
        label=_("Checked"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[_ANY, ("3", _("In the last 3 months")), ("6", _("In the last 6 months"))],
    )
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=Sort.choices)

    MORE = (
        *("language", "access", "sex", "age", "checked"),
        *("children", "free", "papers", "duty"),
    )

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

    def labels(self, name: str) -> dict[str, str]:
        """Return what the choices of a field are called."""
        widget = self._choices(name).widget
        pairs = widget.choices if isinstance(widget, forms.Select) else ()
        return {str(code): str(label) for code, label in pairs if code}

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
            with_children=given.get("children") or False,
            free=given.get("free") or False,
            no_papers=given.get("papers") or False,
            no_duty=given.get("duty") or False,
            checked_within=given.get("checked"),
        )

    @property
    def chosen_sort(self) -> str:
        """Return the order asked for; the best match first, if none or an odd one was."""
        return getattr(self, "cleaned_data", {}).get("sort") or Sort.BEST.value

    @property
    def more_is_open(self) -> bool:
        return any(self.data.get(name) for name in self.MORE)

    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]


class ReportForm(SentOnce):
    """How much room there is. The status was the first tap, places are the second, sending the third."""

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
    more_places = WholeNumber(
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


class CheckForm(forms.Form):
    """What a check of an entry has found. Two of its answers are also single taps in the queue."""

    method = forms.ChoiceField(
        label=_("How did you check?"),
        choices=[one for one in codes.CheckMethod.choices if one[0] != codes.CheckMethod.PROVIDER_LINK],
        widget=forms.RadioSelect,
    )
    disposition = forms.ChoiceField(
        label=_("What did you find?"),
        choices=[one for one in codes.Disposition.choices if one[0] != codes.Disposition.REPORTED],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("A word about the place"),
        help_text=_("Never anything about a person, and no number."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sure = forms.BooleanField(
        label=_("If it closed for good: yes, take it out of the public directory"), required=False
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("disposition") == codes.Disposition.CLOSED and not data.get("sure"):
            self.add_error("sure", _("Tick this if it closed for good. Nobody will find it any more."))
        return data


class ChangedForm(forms.Form):
    """What a provider says has changed."""

    note = forms.CharField(
        label=_("What changed?"),
        help_text=_("A few words are enough: an editor will call you. Nothing about a person."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class GroupForm(forms.Form):
    """A working group: its place and who takes part, by kind. No person and no contact."""

    name = forms.CharField(label=_("Name of the group"), max_length=200)
    district = forms.ChoiceField(label=_("District"))
    mahalla = forms.CharField(label=_("Mahalla"), required=False, max_length=120)
    member_kinds = forms.MultipleChoiceField(
        label=_("Who takes part"),
        help_text=_("Kinds of members only, never names."),
        choices=codes.GroupMember.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    description = forms.CharField(
        label=_("What the group does"),
        help_text=_("Where and when it meets, what it works on. No names, no phone numbers."),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_active = forms.BooleanField(label=_("The group meets"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["district"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Choose")), *grouped_districts()]


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
    ask_again = forms.BooleanField(
        label=_("Ask me again what its columns mean"),
        help_text=_("Only for a table that was imported before, when its columns have changed."),
        required=False,
    )


class MappingForm(forms.Form):
    """What each column of somebody's own table means. The key opens the file that waits."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    empty_clears = forms.BooleanField(
        label=_("An empty cell clears what stood there"),
        help_text=_(
            "Otherwise it says nothing, and what stood there stays. Choose it only if this table is complete "
            "in each column above. Names, the kind of service and where it is are never cleared."
        ),
        required=False,
    )

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
        self.order_fields(["key", *(f"column_{number}" for number in range(len(self.names)))])

    @property
    def mapping(self) -> dict[str, str]:
        """Return {column: field} for every column, an empty field where it is left out."""
        return {name: self.cleaned_data[f"column_{number}"] for number, name in enumerate(self.names)}
