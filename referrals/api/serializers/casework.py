"""Answers about cases, referrals, the inbox and what a supervisor sees of them."""

from typing import Any

from rest_framework import serializers

from referrals import codes
from referrals.models.referrals import State
from services.codes import ServiceType

MOST = 50


class PageSerializer(serializers.Serializer[Any]):
    """Which page of a list."""

    after = serializers.CharField(
        required=False, max_length=100, default="", help_text="`next` of the page before."
    )
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST, default=20)


class InboxPageSerializer(PageSerializer):
    mine = serializers.BooleanField(
        required=False, default=False, help_text="What one works on oneself, instead of what waits."
    )


class MadeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()


class VersionSerializer(serializers.Serializer[Any]):
    version = serializers.CharField(help_text="What stands now: send it with the next change.")


class LinkSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    path = serializers.CharField(help_text="The link, below this site's address. Shown once, kept nowhere.")


class CaseRowSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    is_open = serializers.BooleanField()
    month_opened = serializers.DateField()
    opens = serializers.BooleanField(help_text="False when the stored data was changed by a strange hand.")
    alias = serializers.CharField()
    district = serializers.CharField()
    age_band = serializers.CharField(help_text="A code of GBVIMS age bands, or empty.")
    risk_level = serializers.ChoiceField(choices=codes.RiskLevel.choices, allow_blank=True)


class CaseListSerializer(serializers.Serializer[Any]):
    results = CaseRowSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class CaseSerializer(serializers.Serializer[Any]):
    contact = serializers.DictField(help_text="How to reach her safely. Read it before anything else.")
    id = serializers.UUIDField()
    is_open = serializers.BooleanField()
    is_owner = serializers.BooleanField()
    may_edit = serializers.BooleanField()
    month_opened = serializers.DateField()
    holding = serializers.DictField(
        help_text="Its `reference` for emergencies, its owner, until when it is open to a colleague; for its "
        "owner who else holds it and who is offered it."
    )
    retention = serializers.DictField(
        help_text="Closed: when it is erased by itself, and what was asked of supervisors."
    )
    card = serializers.DictField(help_text="What was answered; open questions are left out.")
    incident = serializers.DictField()
    plan = serializers.DictField()
    versions = serializers.DictField(
        child=serializers.CharField(), help_text="By section: what a change of it must name."
    )
    follow_up = serializers.DictField(
        help_text="Tasks, the last contact, the end of a protection order; `version` for moving a task."
    )
    documents = serializers.ListField(
        child=serializers.DictField(), help_text="What the files are; none where a share left them out."
    )
    closings = serializers.ListField(
        child=serializers.DictField(), help_text="Each with its checklist, and why it was opened again."
    )
    notes = serializers.ListField(child=serializers.DictField())
    consents = serializers.ListField(child=serializers.DictField())
    referrals = serializers.ListField(child=serializers.DictField())
    inquiries = serializers.ListField(child=serializers.DictField())


class SafeHoursSerializer(serializers.Serializer[Any]):
    outside_hours = serializers.ChoiceField(
        choices=["show"],
        required=False,
        help_text="`show` gives her numbers although it is no safe hour. The log keeps who asked so.",
    )


class ReachSerializer(serializers.Serializer[Any]):
    contact = serializers.DictField(help_text="The rules, before the numbers.")
    numbers = serializers.DictField(help_text="Empty where she wants no contact.")
    numbers_wait = serializers.BooleanField(help_text="It is no safe hour to reach her: no number is shown.")


class HolderSerializer(serializers.Serializer[Any]):
    person = serializers.UUIDField()
    name = serializers.CharField()
    can_edit = serializers.BooleanField()
    is_owner = serializers.BooleanField()
    expires_at = serializers.DateTimeField(allow_null=True)


class HoldersSerializer(serializers.Serializer[Any]):
    holders = HolderSerializer(many=True)
    colleagues = serializers.ListField(child=serializers.DictField(), help_text="Whom it can be shared with.")


class PlaceSerializer(serializers.Serializer[Any]):
    service = serializers.UUIDField()
    name = serializers.CharField()
    organization = serializers.CharField()
    place = serializers.CharField(help_text="Districts or regions: nothing nearer, for any site.")
    availability = serializers.CharField()
    available = serializers.BooleanField()
    can_refer = serializers.BooleanField()
    can_ask = serializers.BooleanField(help_text="Nobody there has an account: ask by a link.")
    can_hold = serializers.BooleanField()
    held_until = serializers.DateTimeField(allow_null=True)
    phones = serializers.ListField(child=serializers.CharField())
    reasons = serializers.ListField(child=serializers.CharField())


class PlacesSerializer(serializers.Serializer[Any]):
    results = PlaceSerializer(many=True)


class WhySerializer(serializers.Serializer[Any]):
    service = serializers.UUIDField()
    name = serializers.CharField()
    organization = serializers.CharField()
    place = serializers.CharField(help_text="Districts or regions: nothing nearer, for any site.")
    place_in_list = serializers.IntegerField(allow_null=True, help_text="Its number, where it is offered.")
    because = serializers.ListField(child=serializers.CharField(), help_text="What keeps it out.")
    against = serializers.ListField(
        child=serializers.CharField(), help_text="What puts it further down, or stops a referral."
    )
    besides = serializers.ListField(child=serializers.CharField())


class WhyNotSerializer(serializers.Serializer[Any]):
    results = WhySerializer(many=True, help_text="Empty where there is none that one may know of.")


class OfferSerializer(serializers.Serializer[Any]):
    service_name = serializers.CharField()
    organization_name = serializers.CharField()
    agency_name = serializers.CharField(help_text="Who receives it; empty where nobody there has an account.")
    legal_duty = serializers.CharField(help_text="Read this to her before she decides.")
    legal_duty_note = serializers.CharField()
    duty_read = serializers.CharField(help_text="Send it with her decision: it stands for these words.")
    may_be_told = serializers.DictField(
        child=serializers.CharField(), help_text="Field by field, with the value: so that she can hear it."
    )


class ReadingSerializer(serializers.Serializer[Any]):
    text_read = serializers.CharField(help_text="Send it with her decision: it stands for these words.")
    language = serializers.CharField(help_text="Of the text: en, ru, uz or uz-cyrl.")
    title = serializers.CharField()
    intro = serializers.CharField()
    parts = serializers.ListField(child=serializers.DictField(), help_text="heading, text, items")


class SentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    case_id = serializers.UUIDField(allow_null=True)
    state = serializers.ChoiceField(choices=State.choices)
    reason_code = serializers.CharField()
    version = serializers.IntegerField()
    sent_at = serializers.DateTimeField()
    respond_by = serializers.DateTimeField(allow_null=True)
    is_overdue = serializers.BooleanField()
    service_name = serializers.CharField()
    organization_name = serializers.CharField()
    service_type = serializers.ChoiceField(choices=ServiceType.choices, allow_blank=True)
    urgency = serializers.ChoiceField(choices=codes.Urgency.choices, allow_blank=True)


class SentListSerializer(serializers.Serializer[Any]):
    results = SentSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class SentItemSerializer(SentSerializer):
    fields_told = serializers.ListField(child=serializers.CharField())
    after_referral_id = serializers.UUIDField(allow_null=True)
    paused_until = serializers.DateTimeField(allow_null=True)
    consent_expires_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    may_give_feedback = serializers.BooleanField(
        help_text="She was asked, agreed to statistics, and was not heard on it yet."
    )
    mistake_reported = serializers.BooleanField()
    nobody_works = serializers.BooleanField(
        help_text="Whoever worked with her there has left: give the desk its key again."
    )
    key_waits = serializers.BooleanField(help_text="The desk has the key again; nobody has taken it up yet.")
    answer = serializers.DictField(allow_null=True, help_text="What was answered to the desk's question.")
    contact = serializers.DictField(allow_null=True, help_text="How to tell her of the appointment safely.")
    meeting = serializers.DictField(allow_null=True)
    alternatives = PlaceSerializer(many=True)


class PacketSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.CharField(help_text="The state, or `closed_by_referrer`.")
    version = serializers.IntegerField(allow_null=True)
    respond_by = serializers.DateTimeField(allow_null=True)
    claimed_until = serializers.DateTimeField(allow_null=True)
    claimed_by_me = serializers.BooleanField()
    opaque = serializers.DictField(allow_null=True, help_text="What the desk reads before it accepts.")
    contact = serializers.DictField(
        allow_null=True, help_text="How she may be reached, where she agreed that it is told."
    )
    identity = serializers.DictField(
        allow_null=True, help_text="The consented fields, for the person who accepted."
    )
    numbers_wait = serializers.BooleanField(
        help_text="It is no safe hour to reach her: `phone` and `third_party` are left out."
    )
    meeting = serializers.DictField(allow_null=True)
    question = serializers.CharField(help_text="What the desk asked, while it waits.")
    answer = serializers.DictField(allow_null=True)
    handed = serializers.CharField(help_text="Who works with her, where a colleague has taken it; or empty.")


class AtWorkSerializer(serializers.Serializer[Any]):
    colleagues = serializers.ListField(child=serializers.DictField(), help_text="person, name, on_duty")


class LeftAtDeskSerializer(serializers.Serializer[Any]):
    sender = serializers.CharField()
    accepted_at = serializers.DateTimeField()


class PacketListSerializer(serializers.Serializer[Any]):
    results = PacketSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    left = LeftAtDeskSerializer(
        many=True, help_text="Stands still: whoever worked with her has left, and the sender was told."
    )


class SupervisedSerializer(serializers.Serializer[Any]):
    """Clear columns only: no case opens for a supervisor."""

    id = serializers.UUIDField()
    recipient = serializers.CharField()
    sent_by = serializers.CharField()
    sent_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=State.choices)
    version = serializers.IntegerField()
    respond_by = serializers.DateTimeField(allow_null=True)
    mistake_reported_by = serializers.CharField()
    may_decide = serializers.BooleanField(help_text="Neither sent nor reported it: the second person.")


class SupervisedListSerializer(serializers.Serializer[Any]):
    results = SupervisedSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class LateSerializer(serializers.Serializer[Any]):
    sender = serializers.CharField()
    recipient = serializers.CharField()
    is_ours = serializers.BooleanField(help_text="We sent it and wait; otherwise our desk has to answer.")
    respond_by = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    supervisors_told = serializers.BooleanField()


class LateListSerializer(serializers.Serializer[Any]):
    results = LateSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class DisclosureSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(allow_null=True, help_text="Empty where only the day is known any more.")
    day = serializers.DateField()
    title = serializers.CharField()
    place = serializers.CharField()
    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=["done", "noted", "stopped"])
    by = serializers.CharField()


class DisclosuresSerializer(serializers.Serializer[Any]):
    results = DisclosureSerializer(many=True)


class OfferedToMeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    offered_by = serializers.CharField()
    expires_at = serializers.DateTimeField()


class OfferedByMeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    case_id = serializers.UUIDField(allow_null=True, help_text="Empty once a colleague has taken it.")
    offered_to = serializers.CharField()
    outcome = serializers.CharField()
    expires_at = serializers.DateTimeField(allow_null=True)


class OffersSerializer(serializers.Serializer[Any]):
    to_me = OfferedToMeSerializer(many=True)
    mine = OfferedByMeSerializer(many=True)


class AttentionSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="What waits, as a code; `title` and `text` say it in words.")
    case_id = serializers.UUIDField()
    referral_id = serializers.UUIDField(allow_null=True)
    alias = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)
    on = serializers.DateField(allow_null=True)
    count = serializers.IntegerField()


class SuccessionSerializer(serializers.Serializer[Any]):
    """A case whose caseworker has left, for who is named or still opens it."""

    case_id = serializers.UUIDField(allow_null=True, help_text="Where one goes on: hand it over or take it.")
    reference = serializers.CharField()
    named = serializers.CharField()
    is_me = serializers.BooleanField(help_text="One is named oneself.")
    is_offered = serializers.BooleanField(help_text="Handed over already, and not taken yet.")
    until = serializers.DateTimeField()


class NeedsMeSerializer(serializers.Serializer[Any]):
    results = AttentionSerializer(many=True)
    only_newest = serializers.IntegerField(
        allow_null=True, help_text="Where there are more open cases than are looked through: how many were."
    )
    emergencies = serializers.ListField(
        child=serializers.DictField(),
        help_text="Who asked for a case of one's own in an emergency, or opened it.",
    )
    left = serializers.BooleanField(help_text="To supervisors: there are cases without a caseworker.")
    successions = SuccessionSerializer(many=True)
    ending = CaseRowSerializer(many=True, help_text="Closed cases that are erased within thirty days.")
