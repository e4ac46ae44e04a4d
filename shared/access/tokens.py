"""Signed tokens: who calls, proven without asking anybody (JWT, EdDSA; RFC 7519, RFC 8037).

Every request carries one in nameko's context data. Services hold public keys only, so none of them
can make a caller up. The keys are a JWKS, from a file (the local stack's own issuer) or from the
address of any OpenID Connect issuer; an address is asked again for a key that is not known yet.
"""

import hashlib
import json
import math
import os
import re
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jwt

from shared import logs
from shared.errors import Refused
from shared.settings import SettingMissing

AUDIENCE: Final = "donthu"
LOCAL_ISSUER: Final = "donthu-local"
ALGORITHMS: Final = ("EdDSA", "ES256")  # asymmetric: whoever can check a token cannot make one
MAX_TOKEN: Final = 8192  # characters
LEEWAY_S: Final = 30  # by which two clocks may differ
KEYS_ANEW_S: Final = 60.0  # at most so often is an issuer asked for a key that is not known
KEYS_OLD_S: Final = 300.0  # then they are asked for again: one that was withdrawn counts no more
KEYS_STALE_S: Final = 2 * KEYS_OLD_S  # nobody is believed by keys that are older
KEPT: Final = 2000  # tokens whose signature need not be checked again while they are valid

# Both stand in the ledger in clear, so nothing passes for one that could be somebody's name.
OFFICER: Final = re.compile(r"officer:[A-Za-z0-9._@-]{1,100}")
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")

log = logs.get(__name__)

REFUSALS: Final[Mapping[str, str]] = {
    "token_missing": "Ngữ cảnh gọi (context data) thiếu token đã ký.",
    "token_invalid": "Token không hợp lệ: chữ ký, nơi cấp hoặc nội dung không đúng.",
    "token_expired": "Token đã hết hạn: đăng nhập lại.",
    "wrong_audience": "Token được cấp cho hệ thống khác.",
    "wrong_ward": "Token không cho phép làm việc tại đơn vị này.",
    "keys_unavailable": "Chưa lấy được khóa công khai của nơi cấp token nên không kiểm tra được"
    " token; hãy thử lại sau ít phút.",
    "too_many_calls": "Gọi quá nhiều trong thời gian ngắn; hãy thử lại sau {wait_s} giây.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """What a token says of whom it was issued to."""

    actor: str  # `officer:<id in the directory>`
    authority: str  # ward in which they serve, or the province's own code
    roles: frozenset[str]
    unit: str | None = None
    wards: frozenset[str] = frozenset()  # of a province's supervisor

    @property
    def officer(self) -> str:
        return self.actor.removeprefix("officer:")


class Tokens:
    """Checks tokens; one for a process, safe between threads."""

    def __init__(self, issuer: str, keys: Callable[[], Mapping[str, Any]]) -> None:
        self._issuer, self._load = issuer, keys
        self._keys: dict[str, jwt.PyJWK] = {}
        self._loaded_at = self._asked_at = -math.inf
        self._known: dict[bytes, tuple[float, Caller]] = {}
        self._turn = threading.Lock()
        self._is_renewing = False

    @classmethod
    def from_environment(cls) -> "Tokens":
        """By DONTHU_TOKEN_KEYS (a file, or an https address) and DONTHU_TOKEN_ISSUER.

        Raises: SettingMissing.
        """
        place = os.environ.get("DONTHU_TOKEN_KEYS")
        if not place:
            raise SettingMissing(
                "DONTHU_TOKEN_KEYS is not set: run `donthu up`, or see deploy/env.example"
            )
        issuer = os.environ.get("DONTHU_TOKEN_ISSUER", LOCAL_ISSUER)
        return cls(issuer, lambda: _read_keys(place))

    def check(self, token: object) -> Caller:
        """Who calls.

        Raises: Refused: token_missing, token_invalid, token_expired, wrong_audience,
        keys_unavailable.
        """
        if not token:
            raise refused("token_missing")
        if not isinstance(token, str) or len(token) > MAX_TOKEN:
            raise refused("token_invalid")
        self._keep_keys_fresh()
        print_ = hashlib.sha256(token.encode(errors="replace")).digest()
        if (known := self._known.get(print_)) and time.time() < known[0]:
            return known[1]
        claims = self._claims(token)
        caller = _caller(claims)
        if len(self._known) >= KEPT:
            self._known.clear()
        self._known[print_] = (claims["exp"] + LEEWAY_S, caller)
        return caller

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            key = self._key(jwt.get_unverified_header(token).get("kid"))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=AUDIENCE,
                issuer=self._issuer,
                leeway=LEEWAY_S,
                options={"require": ["aud", "exp", "iat", "iss", "jti", "sub"]},
            )
            return claims
        except jwt.ExpiredSignatureError:
            code = "token_expired"
        except jwt.InvalidAudienceError:
            code = "wrong_audience"
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            code = "token_invalid"
        raise refused(code)  # outside the handlers: their errors repeat what was sent

    def _key(self, id: object) -> jwt.PyJWK:
        if not isinstance(id, str):
            raise jwt.InvalidKeyError("no such key")
        if id not in self._keys:
            with self._turn:
                if self._may_ask():
                    self._renew()
        if not self._keys:
            raise refused("keys_unavailable")
        if id not in self._keys:
            raise jwt.InvalidKeyError("no such key")
        return self._keys[id]

    def _keep_keys_fresh(self) -> None:
        """Beside the calls as long as the keys are good, since an issuer may take seconds.

        Raises: Refused: keys_unavailable: they are stale, and the issuer is away.
        """
        if self._age() >= KEYS_STALE_S:
            with self._turn:
                if self._age() >= KEYS_STALE_S and self._may_ask():
                    self._renew()
            if self._age() >= KEYS_STALE_S:
                raise refused("keys_unavailable")
        elif self._age() >= KEYS_OLD_S and self._may_ask() and not self._is_renewing:
            self._is_renewing = True
            threading.Thread(target=self._renew_beside, name="issuer-keys", daemon=True).start()

    def _age(self) -> float:
        return time.monotonic() - self._loaded_at

    def _may_ask(self) -> bool:
        return time.monotonic() - self._asked_at >= KEYS_ANEW_S

    def _renew_beside(self) -> None:
        try:
            with self._turn:
                self._renew()
        finally:
            self._is_renewing = False

    def _renew(self) -> None:
        """Take the keys that the issuer has now; an issuer that is away leaves us those we have."""
        self._asked_at = time.monotonic()
        try:
            keys = dict(_usable(self._load()["keys"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
            log.error("issuer_keys_unavailable", exception=type(fault).__name__)
        else:
            if withdrawn := self._keys.keys() - keys.keys():
                log.warning("issuer_keys_withdrawn", count=len(withdrawn))
            self._keys, self._loaded_at = keys, self._asked_at
            self._known = {}  # what was signed by a key that is gone is good no longer


def refused(code: str) -> Refused:
    return Refused(code, REFUSALS[code])


def too_many(wait_s: float) -> Refused:
    """That a caller has to wait for so many seconds; told in full ones."""
    code, seconds = "too_many_calls", math.ceil(wait_s)
    return Refused(code, REFUSALS[code].format(wait_s=seconds), retry_after_s=seconds)


def _caller(claims: Mapping[str, Any]) -> Caller:
    texts = (claims["sub"], claims.get("authority"), claims.get("unit") or "")
    lists = (claims.get("roles"), claims.get("wards") or [])
    if (
        not all(isinstance(text, str) for text in texts)
        or not OFFICER.fullmatch(claims["sub"])
        or not all(isinstance(each, list) for each in lists)
        or not all(isinstance(item, str) for each in lists for item in each)  # type: ignore[union-attr]
        or not all(map(_CODE.fullmatch, [claims["authority"], *(claims.get("wards") or [])]))
    ):
        raise refused("token_invalid")
    return Caller(
        actor=claims["sub"],
        authority=claims["authority"],
        roles=frozenset(claims["roles"]),
        unit=claims.get("unit") or None,
        wards=frozenset(claims.get("wards") or ()),
    )


def _usable(keys: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, jwt.PyJWK]]:
    """Of a JWKS the keys by which our tokens may be signed; an issuer has others beside."""
    for told in keys:
        try:
            key = jwt.PyJWK(dict(told))
        except jwt.PyJWTError:
            continue
        if isinstance(key.key_id, str) and key.algorithm_name in ALGORITHMS:
            yield key.key_id, key


def _read_keys(place: str) -> Mapping[str, Any]:
    if place.startswith("https://"):
        with urllib.request.urlopen(place, timeout=5) as answer:
            told: Mapping[str, Any] = json.load(answer)
            return told
    kept: Mapping[str, Any] = json.loads(Path(place).read_bytes())
    return kept
