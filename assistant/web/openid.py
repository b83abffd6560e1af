"""Signing in through an OpenID provider: authorization code with PKCE, state and nonce.

After OpenID Connect Core 1.0 and RFC 7636. Authlib speaks with the provider, joserfc checks what it signed.
"""

# No `from __future__ import annotations`: FastAPI reads the annotations, which name a local `Request`.
import base64
import hmac
import json
import logging
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.answer import AssistantError
from assistant.people import ROLES, Role
from assistant.provided import Provided, user_for
from assistant.settings import AssistantSettings
from assistant.users import clean_groups
from assistant.web.gate import SESSION, is_local, secure
from assistant.web.language import language_of
from assistant.web.login import Entrance, local_path, told
from assistant.web.words import Said, say

if TYPE_CHECKING:
    from starlette.responses import Response

log = logging.getLogger(__name__)

DONE = "/login/openid/done"
_MINUTES = 10  # that someone may take at the provider
_PATIENCE = 15.0  # seconds for each request to the provider
_SIGNED = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


class Provider:
    """The provider that the settings name. Every method may raise AssistantError."""

    def __init__(self, settings: AssistantSettings) -> None:
        self.settings = settings
        self._metadata: dict[str, Any] = {}

    async def address(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes, to come back to `back`."""
        async with self._client(back) as client:
            found = await self._about(client)
            url, _ = client.create_authorization_url(
                found["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
            return str(url)

    async def said(self, back: str, code: str, nonce: str, verifier: str) -> Provided:
        """What the provider says of who came back with `code`."""
        async with self._client(back) as client:
            found = await self._about(client)
            token = await client.fetch_token(
                found["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=verifier
            )
            keys = (await self._json(client, found["jwks_uri"])).get("keys", [])
        return provided(self.settings, self._claims(str(token.get("id_token", "")), keys, nonce))

    def _claims(self, token: str, keys: Any, nonce: str) -> dict[str, Any]:
        """The claims of an id token that is signed by the provider, for us, now, and for this very login."""
        from joserfc import jwt
        from joserfc.jwk import KeySet

        client = self.settings.openid_client
        claims = jwt.decode(token, KeySet.import_key_set({"keys": keys}), algorithms=_SIGNED).claims
        jwt.JWTClaimsRegistry(
            leeway=60,
            iss={"essential": True, "value": self.settings.openid_issuer},
            aud={"essential": True, "value": client},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        if claims.get("azp", client) != client:
            raise ValueError("the token was made for another client")
        return dict(claims)

    async def _about(self, client: Any) -> dict[str, Any]:
        if not self._metadata:
            issuer = self.settings.openid_issuer
            found = await self._json(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != issuer:
                raise ValueError(f"{issuer} calls itself {found.get('issuer')!r}: openid_issuer must be that")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                _safe(str(found[name]))
            self._metadata = found
        return self._metadata

    async def _json(self, client: Any, url: str) -> dict[str, Any]:
        answer = await client.request("GET", _safe(url), withhold_token=True)
        answer.raise_for_status()
        found = answer.json()
        if not isinstance(found, dict):
            raise ValueError(f"{url} gave no JSON object")
        return found

    def _client(self, back: str) -> Any:
        from authlib.integrations.httpx_client import AsyncOAuth2Client  # type: ignore[import-untyped]

        return AsyncOAuth2Client(
            client_id=self.settings.openid_client,
            client_secret=self.settings.openid_secret.get_secret_value() or None,
            scope=self.settings.openid_scope,
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=_PATIENCE,
        )


def _safe(url: str) -> str:
    """`url`, which is https; http only to this machine, for tests."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local(parts.netloc)):
        raise ValueError(f"{url} is not https")
    return url


def provided(settings: AssistantSettings, claims: Mapping[str, Any]) -> Provided:
    """The user, role and groups that claims stand for. Raises AssistantError."""
    name = claims.get(settings.openid_name)
    if not isinstance(name, str) or not name:
        raise AssistantError(
            f"your organisation does not say your name here ({settings.openid_name}); tell the admin"
        )
    if settings.openid_name == "email" and claims.get("email_verified") not in (True, "true"):
        raise Said("login.openid_email")
    role: Role | None = None
    groups: frozenset[str] | None = None
    if settings.openid_roles_claim:
        held, gives = _values(claims, settings.openid_roles_claim), settings.openid_roles
        role = max((gives[each] for each in held if each in gives), key=ROLES.index, default=ROLES[0])
    if settings.openid_groups_claim:
        named = _values(claims, settings.openid_groups_claim)
        groups = clean_groups(
            settings.openid_groups[each] for each in named if each in settings.openid_groups
        )
    # One subject is only one user's at one provider.
    return Provided(f"{settings.openid_issuer} {claims['sub']}", name, role, groups)


def _values(claims: Mapping[str, Any], claim: str) -> list[str]:
    """The values of a claim, which may be one or a list, and may lie within another: realm_access.roles."""
    found: Any = claims.get(claim)
    if found is None:
        found = claims
        for part in claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    return [str(each) for each in (found if isinstance(found, list) else [found] if found else [])]


def add_routes(app: Any, entrance: Entrance) -> None:
    """`/login/openid` and the address that the provider sends people back to, where there is a provider."""
    from anyio import to_thread
    from fastapi import Request
    from starlette.responses import RedirectResponse, Response

    settings = entrance.settings
    if not settings.openid_issuer:
        return
    provider = Provider(settings)

    def back(request: Request) -> str:
        return f"{settings.address or str(request.base_url).rstrip('/')}{DONE}"

    def cookie(request: Request) -> str:
        return "__Host-openid" if secure(request.scope, settings) else "openid"

    async def go(request: Request, next: str = "/") -> Response:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        try:
            url = await provider.address(back(request), state, nonce, verifier)
        except Exception as error:
            return _failed(entrance, error, next, language_of(request))
        response = RedirectResponse(url, 303, {"Cache-Control": "no-store"})
        kept = json.dumps([state, nonce, verifier, local_path(next)]).encode()
        response.set_cookie(
            cookie(request),
            base64.urlsafe_b64encode(kept).decode(),
            max_age=_MINUTES * 60,
            secure=secure(request.scope, settings),
            httponly=True,
            samesite="lax",  # it comes back with the browser from the provider's site
        )
        return response

    async def done(request: Request, code: str = "", state: str = "", error: str = "") -> Response:
        next_ = "/"
        try:
            sent = json.loads(base64.urlsafe_b64decode(request.cookies.get(cookie(request), "")))
            wanted, nonce, verifier, next_ = map(str, sent)
            if error or not code or not hmac.compare_digest(state.encode(), wanted.encode()):
                raise ValueError(f"the provider sent {error[:80]!r}, or it was not asked from this browser")
            said = await provider.said(back(request), code, nonce, verifier)
            newcomers = settings.openid_newcomers != "refused"
            user = await to_thread.run_sync(user_for, settings.library, said, newcomers)
            if SESSION in request.scope:
                await to_thread.run_sync(entrance.sessions.end, request.scope[SESSION])
            response = await to_thread.run_sync(entrance.let_in, request.scope, user, next_)
        except Exception as problem:
            response = _failed(entrance, problem, next_, language_of(request))
        response.delete_cookie(
            cookie(request), secure=secure(request.scope, settings), httponly=True, samesite="lax"
        )
        return response

    app.add_api_route("/login/openid", go, methods=["GET"], response_model=None)
    app.add_api_route(DONE, done, methods=["GET"], response_model=None)


def _failed(entrance: Entrance, error: Exception, next_: str, ui: str) -> "Response":
    """What is told of an error: its own words if they were written for users."""
    if isinstance(error, AssistantError):
        return entrance.page(ui, next_, 403, problem=told(error, ui))
    log.warning("signing in through the OpenID provider failed: %s: %s", type(error).__name__, error)
    return entrance.page(ui, next_, 502, problem=say(ui, "login.openid_failed"))
