"""The form that takes a document of a case: what it is, and the file."""

from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from referrals.codes import MOST_DOCUMENT_BYTES
from referrals.documents import NOT_OURS, TOO_LARGE
from referrals.forms.base import FreeText, Screened, WorkForm

_AGAIN = _("Choose the file again: your browser does not keep it.")


class DocumentForm(Screened, WorkForm):
    """``too_large`` says that a file came which was too large to be taken at all."""

    name = FreeText(
        label=_("What is it?"),
        help_text=_(
            "For example: medical certificate. Left open, the file’s own name is kept. Never her name, a "
            "passport or a personal number."
        ),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    file = forms.FileField(
        label=_("The file"),
        help_text=_("PDF, JPEG, PNG, plain text, Word, Excel or OpenDocument; at most 10 MB."),
        error_messages={"required": _("Choose a file."), "empty": NOT_OURS},
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if too_large:
            self.fields["file"].error_messages["required"] = TOO_LARGE

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_DOCUMENT_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return file

    def clean(self) -> dict[str, Any]:
        """Take the file's own name where none was given: it is looked at like every free text."""
        file = self.cleaned_data.get("file")
        if file is not None and not self.cleaned_data.get("name"):
            self.cleaned_data["name"] = PurePosixPath(str(file.name or "")).stem[:120]
        data = super().clean()
        if "name" in self.errors and file is not None:
            self.add_error("file", _AGAIN)
            if not self.data.get(self.add_prefix("name")):
                again: Any = self.data.copy()  # type: ignore[attr-defined]
                again[self.add_prefix("name")] = PurePosixPath(str(file.name or "")).stem[:120]
                self.data = again
        return data
