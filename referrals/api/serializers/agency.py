"""Answers about an agency: what is kept, who is on duty, emergencies, copies, its places, statistics."""

from typing import Any

from rest_framework import serializers

from referrals.api.serializers.casework import AtWorkSerializer, LateSerializer
from referrals.models.emergencies import Step


class KeptSerializer(serializers.Serializer[Any]):
    """Numbers, and requests without their reasons: no case opens for a supervisor."""

    closed = serializers.IntegerField()
    soon = serializers.IntegerField(help_text="Erased within thirty days; who worked on them was told.")
    over = serializers.IntegerField(
        help_text="Should be erased already. If it stays, the clock does not run."
    )
    version = serializers.IntegerField()
    standard = serializers.IntegerField(help_text="Years after closing.")
    child = serializers.IntegerField(help_text="Years after closing, of who was a child.")
    waiting_years = serializers.DictField(allow_null=True, help_text="More years that somebody asked for.")
    waiting = serializers.ListField(
        child=serializers.DictField(), help_text="One case to keep longer or to let go. Send `asked` back."
    )


class OpeningSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    step = serializers.ChoiceField(choices=Step.choices)
    reference = serializers.CharField(help_text="By which colleagues name the case on the telephone.")
    state = serializers.CharField()
    reason = serializers.CharField()
    asked_by = serializers.CharField()
    released_by = serializers.CharField()
    asked_on = serializers.DateField()
    until = serializers.DateTimeField(allow_null=True)


class EmergenciesSerializer(serializers.Serializer[Any]):
    results = OpeningSerializer(many=True)


class KnownCaseSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    caseworker = serializers.CharField(help_text="Empty where they have left.")


class ShiftSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    person = serializers.UUIDField()
    name = serializers.CharField()
    weekday = serializers.IntegerField(allow_null=True, help_text="Every week; Monday is 0.")
    day = serializers.DateField(allow_null=True, help_text="Or once.")
    starts = serializers.TimeField()
    ends = serializers.TimeField(help_text="Earlier than `starts`: the next morning.")


class RosterSerializer(AtWorkSerializer):
    shifts = ShiftSerializer(many=True)
    time_zone = serializers.CharField()


class LeftHolderSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    expires_at = serializers.DateTimeField()


class LeftCaseSerializer(serializers.Serializer[Any]):
    """A case without a caseworker: nothing of what it holds."""

    id = serializers.UUIDField()
    reference = serializers.CharField(help_text="By which colleagues name the case on the telephone.")
    month_opened = serializers.DateField()
    holders = LeftHolderSerializer(many=True, help_text="Who opens it still, and can hand it over.")
    successor = serializers.CharField(help_text="Who is named now; or empty.")
    until = serializers.DateTimeField(allow_null=True)


class LeftSerializer(serializers.Serializer[Any]):
    results = LeftCaseSerializer(many=True)
    colleagues = serializers.ListField(child=serializers.DictField(), help_text="Whom one can name.")


class DecisionSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["key", "copies", "mistake", "kept", "emergency", "left"])
    text = serializers.CharField()
    whom = serializers.CharField(help_text="Who it waits for, in words.")
    mine = serializers.BooleanField(help_text="It waits for who asks.")


class UnusualSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["sealed", "rare", "refused", "many", "night"])
    who = serializers.CharField(help_text="Empty for entries that do not open.")
    title = serializers.CharField()
    text = serializers.CharField()
    last = serializers.DateTimeField(allow_null=True)


class LogLookSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    unusual = UnusualSerializer(many=True, help_text="Unusual is not wrong: ask the colleague first.")
    more_unusual = serializers.BooleanField()
    checked = serializers.DictField(allow_null=True, help_text="One's last check of the whole log.")
    check_again = serializers.BooleanField(help_text="That is a month ago, or never was.")
    signed = serializers.DictField(allow_null=True)


class OversightSerializer(serializers.Serializer[Any]):
    cases_locked = serializers.BooleanField(
        help_text="Training or code of conduct is over: nothing of cases waits here."
    )
    late = LateSerializer(many=True)
    more_late = serializers.BooleanField()
    waiting = DecisionSerializer(many=True, help_text="What waits for a decision; one's own first.")
    log = LogLookSerializer(allow_null=True, help_text="Empty for who has no key of the log yet.")


class CopiesSerializer(serializers.Serializer[Any]):
    what = serializers.ListField(child=serializers.CharField())


class SwitchesSerializer(serializers.Serializer[Any]):
    results = serializers.ListField(
        child=serializers.DictField(), help_text="role, is_on, asked_by, approved_by, may_approve"
    )


class QuarterSerializer(serializers.Serializer[Any]):
    quarter = serializers.DateField(
        required=False, help_text="The first day of a finished quarter; the newest unless said."
    )


class NumbersSerializer(serializers.Serializer[Any]):
    numbers = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text="By type of service; null is hidden."
    )
    together = serializers.IntegerField(allow_null=True)


class DistrictNumbersSerializer(NumbersSerializer):
    district = serializers.CharField(help_text="A code, or empty where it is not known.")
    name = serializers.CharField()


class ReasonNumbersSerializer(NumbersSerializer):
    reason = serializers.CharField()


class UnmetSerializer(serializers.Serializer[Any]):
    quarter = serializers.DateField()
    quarters = serializers.ListField(child=serializers.DateField())
    districts = DistrictNumbersSerializer(many=True)
    reasons = ReasonNumbersSerializer(many=True)
    types = serializers.DictField(child=serializers.IntegerField(allow_null=True))
    together = serializers.IntegerField(allow_null=True)


class WaitNumbersSerializer(serializers.Serializer[Any]):
    type = serializers.CharField(help_text="The type of service.")
    numbers = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text="By how long it took; null is hidden."
    )
    together = serializers.IntegerField(allow_null=True)


class WaitsSerializer(serializers.Serializer[Any]):
    """From the first attempt until she said that it had reached her."""

    quarter = serializers.DateField()
    quarters = serializers.ListField(child=serializers.DateField())
    types = WaitNumbersSerializer(many=True)
    waits = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text="All types, by how long it took."
    )
    together = serializers.IntegerField(allow_null=True)


class QualitySerializer(serializers.Serializer[Any]):
    results = serializers.ListField(
        child=serializers.DictField(), help_text="quarter, and what was `said`, by question, in words"
    )


class DeskServiceSerializer(serializers.Serializer[Any]):
    service = serializers.UUIDField()
    name = serializers.CharField()
    availability = serializers.DictField()
    saved_at = serializers.DateTimeField(allow_null=True)
    undo = serializers.UUIDField(allow_null=True, help_text="The report that can still be taken back.")


class DeskSerializer(serializers.Serializer[Any]):
    results = DeskServiceSerializer(many=True)


class StepsSerializer(serializers.Serializer[Any]):
    results = serializers.ListField(
        child=serializers.DictField(),
        help_text="start, end, status, free, source; `unknown` where news was old",
    )


class LinksSerializer(serializers.Serializer[Any]):
    results = serializers.ListField(child=serializers.DictField(), help_text="id, made_at, expires_at")
