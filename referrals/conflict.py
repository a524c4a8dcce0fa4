"""The conflict screen: whom this referral must not reach.

Two rules. An organisation she excluded is never told, nor anybody behind it
(``destination.everybody_behind``). An authority of the perpetrator's kind is told only after a second
colleague looked at the consent; which authority that is, is decided here.
"""

from referrals.codes import Authority
from services.codes import ServiceType

# Which services are given by which kind of authority. A private lawyer is none of them, and a mahalla
# gives no service of these types: an organisation run by one is excluded by name.
_AUTHORITY_OF = {
    ServiceType.POLICE_SECURITY: Authority.POLICE,
    ServiceType.HEALTH_MEDICAL: Authority.HEALTH,
}


def needs_second_look(*, service_type: str, perpetrator_authority: str) -> bool:
    """Say whether the recipient is an authority of the kind the perpetrator belongs to."""
    if not perpetrator_authority:
        return False
    return _AUTHORITY_OF.get(ServiceType(service_type)) == perpetrator_authority
