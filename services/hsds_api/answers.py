"""Answer everybody the same way: open to other sites, to be kept a while, limited, errors as JSON."""

import json
from collections.abc import Callable, Iterator
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt

from accounts.views.answers import address_of
from services.actions.quota import TooManyRequests, spend
from services.hsds_api.asking import BadParameter

PROBLEM = "application/problem+json"
# What changes in the directory is seen elsewhere within five minutes.
KEEP = "public, max-age=300"
STREAM_POINTS = 20
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class Missing(Exception):
    """There is no such record or page, or the public may not know of it."""


def problem(status: int, **more: Any) -> HttpResponse:
    """Return an RFC 9457 problem."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status} | more
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=PROBLEM)


def open_to_all(*methods: str) -> Callable[[View[P]], View[P]]:
    """Make a view answer any site, within the limit of its network, by these methods and OPTIONS."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            response: HttpResponseBase
            if request.method == "OPTIONS":
                response = HttpResponse(status=204)
                response.headers["Access-Control-Max-Age"] = "86400"
            elif request.method not in methods:
                response = problem(405)
            else:
                response = _answered(view, request, *args, **kwargs)
            if response.status_code in (204, 405):
                response.headers["Allow"] = ", ".join((*methods, "OPTIONS"))
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Allow-Methods"] = ", ".join((*methods, "OPTIONS"))
            response.headers["Access-Control-Allow-Headers"] = "Content-Type, If-None-Match"
            response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
            return response

        # It reads only, and knows no session that another site could use.
        exempt: View[P] = csrf_exempt(answer)
        return exempt

    return decorate


def _answered(view: View[P], request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
    try:
        spend(address_of(request), now=timezone.now())
        return view(request, *args, **kwargs)
    except TooManyRequests as error:
        response = problem(429, detail="Too many requests. Ask again later.")
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    except BadParameter as error:
        return problem(400, detail=error.advice, errors={error.name: [error.advice]})
    except Missing:
        return problem(404)


def as_json(request: HttpRequest, body: Any) -> HttpResponseBase:
    """Return JSON with a tag of its bytes, or 304 to who has them already."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    response = HttpResponse(content, content_type="application/json")
    if request.method == "POST":
        return response
    response.headers["ETag"] = f'"{sha256(content).hexdigest()[:32]}"'
    response.headers["Cache-Control"] = KEEP
    found = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    return response if found is None else found


def as_lines(request: HttpRequest, records: Iterator[dict[str, Any]]) -> HttpResponseBase:
    """Return one JSON object a line, sent while it is read: memory holds one chunk of records."""
    spend(address_of(request), points=STREAM_POINTS, now=timezone.now())
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for one in records)
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson")
    if request.method != "POST":
        response.headers["Cache-Control"] = KEEP
    return response
