"""The named actions of this room in the access log. ``AppConfig.ready`` imports this module."""

from django.utils.translation import gettext_lazy as _

from audit.registry import register

AGENCY_CREATED = register("agency.create", _("Organisation set up"))
AGREEMENT_SIGNED = register("agency.agree", _("Information-sharing agreement signed"), is_rare=True)
SIGNED_IN = register("person.sign_in", _("Signed in"))
SIGN_IN_FAILED = register("person.sign_in_failed", _("Sign-in failed"))
STEPPED_UP = register("person.step_up", _("Password confirmed again"))
STEP_UP_FAILED = register("person.step_up_failed", _("Password confirmation failed"))
SIGNED_OUT = register("person.sign_out", _("Signed out"))
SIGNED_OUT_EVERYWHERE = register("person.sign_out_everywhere", _("Signed out on all devices"))
RECOVERED = register("person.recover", _("Recovery code used"), is_rare=True)
PASSWORD_CHANGED = register("person.change_password", _("Password changed"))
PAPERS_RENEWED = register("person.renew_papers", _("New card and recovery code made"))
TOTP_ON = register("person.totp_on", _("Telephone code switched on"))
TOTP_OFF = register("person.totp_off", _("Telephone code switched off"), is_rare=True)
INVITED = register("person.invite", _("Colleague invited"))
ACCEPTED = register("person.accept", _("Invitation accepted"))
ACTIVATED = register("person.activate", _("Colleague activated"))
ROLES_CHANGED = register("person.roles", _("Roles changed"), is_rare=True)
KEY_HANDED_OVER = register("person.hand_over_key", _("Role key handed over"))
DATES_CHANGED = register("person.dates", _("Training or code of conduct dates changed"))
REMOVED = register("person.remove", _("Colleague removed"))
PAGE_OPENED = register("accounts.page", _("Page opened"))
CASES_LOCKED = register("accounts.cases_locked", _("Cases locked: training or code of conduct lapsed"))
NOTICES_CHOSEN = register("person.notices", _("Choice of notices changed"))
ADDRESS_ASKED = register("person.ask_address", _("Code sent to a new address for notices"))
ADDRESS_CONFIRMED = register("person.confirm_address", _("Address for notices confirmed"))
ADDRESS_FORGOTTEN = register("person.forget_address", _("Address for notices deleted"))
LEAVING_SET = register("agency.leaving", _("Pages that leaving leads to changed"), is_rare=True)
GATEWAY_SET = register("agency.gateway", _("Gateway for notices changed"), is_rare=True)
