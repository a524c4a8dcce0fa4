import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_front_page_answers_with_the_security_headers(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert "unsafe" not in response.headers["Content-Security-Policy"]
