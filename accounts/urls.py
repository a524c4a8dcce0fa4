"""Addresses of the accounts room."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.views import account, joining, leaving, notices, people, signing_in

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("log/", include("accounts.log_urls")),
    path("sign-in/", signing_in.sign_in, name="sign_in"),
    path("sign-in/code/", signing_in.sign_in_code, name="sign_in_code"),
    path("sign-in/recovery/", signing_in.recover, name="recover"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("confirm/", signing_in.step_up, name="step_up"),
    path("join/", joining.join, name="join"),
    path("account/", account.account, name="account"),
    path("account/sign-out-everywhere/", account.sign_out_everywhere, name="sign_out_everywhere"),
    path("account/password/", account.password, name="password"),
    path("account/papers/", account.papers, name="papers"),
    path("account/phone-code/", account.phone_code, name="phone_code"),
    path("account/phone-code/off/", account.phone_code_off, name="phone_code_off"),
    path("account/hand-over/<uuid:person>/<slug:key>/", account.hand_over, name="hand_over"),
    path("account/notices/", notices.notices, name="notices"),
    path("account/notices/address/", notices.address, name="address"),
    path("account/notices/address/code/", notices.address_code, name="address_code"),
    path("account/notices/address/forget/", notices.address_forget, name="address_forget"),
    path("gateway/", notices.gateway, name="gateway"),
    path("leaving/", leaving.leaving, name="leaving"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<uuid:person>/", people.person, name="person"),
    path("people/<uuid:person>/roles/", people.roles, name="person_roles"),
    path("people/<uuid:person>/dates/", people.dates, name="person_dates"),
    path("people/<uuid:person>/activate/", people.activate, name="activate"),
    path("people/<uuid:person>/remove/", people.remove, name="remove"),
    path("partners/", people.partners, name="partners"),
    path("partners/<uuid:agency>/", people.partner, name="partner"),
]
