"""The form that chooses a paper: place and language. Sent by GET: public words, and nothing is kept."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from services.queries.places import district_choices, region_choices


class SheetForm(forms.Form):
    """Which place, in which language. Districts come once the region is known."""

    region = forms.ChoiceField(label=_("Region"))
    district = forms.ChoiceField(label=_("District"), required=False)
    language = forms.ChoiceField(label=_("Language of the paper"), choices=settings.LANGUAGES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = region_choices()
        region = self.data.get("region", "")
        self._choices("region").choices = [("", _("Choose")), *regions]
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
    def place(self) -> str:
        """Return the code of the chosen district or region. Only for a valid form."""
        return str(self.cleaned_data.get("district") or self.cleaned_data["region"])
