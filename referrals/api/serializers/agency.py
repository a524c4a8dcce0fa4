"""Answers about an agency: what is kept, who is on duty, emergencies, copies, its places, statistics."""

from typing import Any

from rest_framework import serializers

from referrals.api.serializers.casework import AtWorkSerializer
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
