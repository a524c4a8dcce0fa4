"""Everyday words for kinds of help in the four languages, where the directory says another word.

Every service is found by the name of its kind already (``actions.indexing``). These words lead to that
name when nothing has the word itself, so they need no row of the index. Both scripts fold alike.
"""

from services.codes import ServiceType
from services.folding import tokens

_WORDS = {
    ServiceType.HEALTH_MEDICAL: (
        "medical medicine clinic hospital doctor nurse "
        "tibbiyot shifokor doktor vrach klinika poliklinika shifoxona kasalxona sogʻliq "
        "медицина врач доктор клиника поликлиника больница"
    ),
    ServiceType.PSYCHOSOCIAL: (
        "counsellor counselor psychologist therapy therapist "
        "psixolog psixologik ruhshunos психолог психологическая психотерапевт"
    ),
    ServiceType.SAFE_HOUSE: (
        "shelter refuge accommodation boshpana panohgoh yotoqxona turarjoy приют убежище ночлег кризисный"
    ),
    ServiceType.LEGAL_ASSISTANCE: (
        "law lawyer attorney solicitor yuridik qonun yurist huquqshunos advokat "
        "юридический юридическая юридические закон законы адвокат"
    ),
    ServiceType.POLICE_SECURITY: (
        "police cops politsiya militsiya melisa uchastkovoy полиция милиция участковый"
    ),
    ServiceType.LIVELIHOODS: ("employment money income mehnat bandlik pul деньги труд занятость профессия"),
    ServiceType.CHILD_PROTECTION: "kid kids childcare farzand farzandim bogʻcha ребенок ребёнок ребёнка",
}
_KINDS = {token: kind for kind, words in _WORDS.items() for token in tokens(words)}
_SAME = {"aid": "help"}  # legal aid


def plainly(word: str) -> str | None:
    """Return what the directory calls what a folded word asks for, in the reader's language, if known."""
    kind = _KINDS.get(word)
    return str(kind.label) if kind is not None else _SAME.get(word)
