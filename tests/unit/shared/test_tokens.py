"""Who may call: tokens that are good, and every way in which one is not."""

import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError

import jwt
import pytest

from deploy.issuer import Issuer
from shared.access import tokens
from shared.access.tokens import LOCAL_ISSUER, Tokens
from shared.errors import Refused
from shared.settings import SettingMissing

OFFICER = ("officer:cb-1", "09253", ["verifier"])


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    issuer = Issuer(tmp_path)
    issuer.make_keys()
    return issuer


@pytest.fixture
def checks(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Tokens:
    monkeypatch.setenv("DONTHU_TOKEN_KEYS", str(issuer.public))
    return Tokens.from_environment()


@pytest.fixture
def refused(checks: Tokens) -> Callable[[Any], str]:
    def code(token: Any) -> str:
        with pytest.raises(Refused) as told:
            checks.check(token)
        assert str(token) not in str(told.value) or not token
        assert told.value.__context__ is None  # errors of the library repeat what was sent
        return str(told.value.code)

    return code


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    told = {
        "iss": LOCAL_ISSUER,
        "aud": "donthu",
        "sub": "officer:cb-1",
        "iat": now,
        "exp": now + 60,
        "jti": "1",
        "authority": "09253",
        "roles": ["chair"],
    } | changes
    return {name: value for name, value in told.items() if value is not None}


def test_a_good_token_tells_who_calls(issuer: Issuer, checks: Tokens) -> None:
    token = issuer.token(*OFFICER, unit="kinh-te", wards=["09256"])
    for _ in range(2):  # the second time from memory
        caller = checks.check(token)
        assert (caller.actor, caller.officer, caller.authority) == (
            "officer:cb-1",
            "cb-1",
            "09253",
        )
        assert caller.roles == {"verifier"}
        assert caller.unit == "kinh-te"
        assert caller.wards == {"09256"}


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (None, "token_missing"),
        ("", "token_missing"),
        (7, "token_invalid"),
        (["x"], "token_invalid"),
        ("x", "token_invalid"),
        ("a.b.c", "token_invalid"),
        ("é" * 9000, "token_invalid"),
    ],
)
def test_what_is_no_token_is_refused(token: Any, code: str, refused: Callable[[Any], str]) -> None:
    assert refused(token) == code


def test_an_expired_token_is_refused_also_when_it_was_good_before(
    issuer: Issuer, checks: Tokens, refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = issuer.token(*OFFICER, valid=timedelta(seconds=1))
    checks.check(token)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 1 + tokens.LEEWAY_S)
    assert checks._known  # it is remembered, and asked anew all the same
    assert refused(issuer.token(*OFFICER, valid=timedelta(seconds=-31))) == "token_expired"


def test_a_token_for_another_system_is_refused(issuer: Issuer, refused: Any) -> None:
    assert refused(issuer.token(*OFFICER, audience="kho-bac")) == "wrong_audience"


def test_a_token_of_another_issuer_with_the_same_key_id_is_refused(
    tmp_path: Path, refused: Any
) -> None:
    (tmp_path / "other").mkdir()
    other = Issuer(tmp_path / "other")
    other.make_keys()
    assert refused(other.token(*OFFICER)) == "token_invalid"


@pytest.mark.parametrize(
    "missing", ["iss", "aud", "sub", "iat", "exp", "jti", "authority", "roles"]
)
def test_a_token_without_one_of_its_claims_is_refused(
    missing: str, tmp_path: Path, refused: Any
) -> None:
    key = (tmp_path / "issuer.pem").read_bytes()
    token = jwt.encode(claims(**{missing: None}), key, "EdDSA", headers={"kid": "local"})
    assert refused(token) in ("token_invalid", "wrong_audience")


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "somebody"},
        {"sub": "agency:portal"},
        {"sub": 7},
        {"sub": "officer:"},
        {"sub": "officer:Đỗ Thị Thử"},
        {"sub": "officer:vera\n"},
        {"authority": ""},
        {"authority": "phường Nhân Hòa"},
        {"wards": ["phường Nhân Hòa"]},
        {"roles": "chair"},
        {"roles": [1]},
        {"authority": 9253},
        {"wards": "all"},
        {"unit": ["x"]},
    ],
)
def test_a_token_with_a_claim_of_another_shape_is_refused(
    wrong: dict[str, Any], tmp_path: Path, refused: Any
) -> None:
    key = (tmp_path / "issuer.pem").read_bytes()
    assert refused(jwt.encode(claims(**wrong), key, "EdDSA", headers={"kid": "local"})) == (
        "token_invalid"
    )


def test_no_signature_and_one_by_the_public_key_are_refused(issuer: Issuer, refused: Any) -> None:
    none = jwt.encode(claims(), None, "none", headers={"kid": "local"})  # type: ignore[arg-type]
    assert refused(none) == "token_invalid"
    raw = base64.urlsafe_b64decode(json.loads(issuer.public.read_text())["keys"][0]["x"] + "=")
    for secret in (raw, raw.hex().encode()):
        by_public = jwt.encode(claims(), secret, "HS256", headers={"kid": "local"})
        assert refused(by_public) == "token_invalid"


def test_a_token_in_which_anything_was_changed_is_refused(issuer: Issuer, refused: Any) -> None:
    head, _, signature = issuer.token(*OFFICER).split(".")
    more = json.dumps(claims(roles=["chair"])).encode()
    changed = base64.urlsafe_b64encode(more).rstrip(b"=").decode()
    assert refused(f"{head}.{changed}.{signature}") == "token_invalid"


def test_without_keys_no_service_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DONTHU_TOKEN_KEYS", raising=False)
    with pytest.raises(SettingMissing, match="DONTHU_TOKEN_KEYS"):
        Tokens.from_environment()


def test_an_unknown_key_is_looked_for_once_a_minute_and_not_at_every_call(issuer: Issuer) -> None:
    asked = []

    def keys() -> Any:
        asked.append(1)
        return json.loads(issuer.public.read_text())

    checks = Tokens(LOCAL_ISSUER, keys)
    checks.check(issuer.token(*OFFICER))
    for _ in range(3):
        token = jwt.encode(claims(), "s" * 32, "HS256", headers={"kid": "unknown"})
        with pytest.raises(Refused):
            checks.check(token)
    assert len(asked) == 1


class AnIssuer:
    """Whose keys and presence change while a service runs; `asked` counts."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.issuers = {}
        for name in names:
            self.issuers[name] = Issuer(folder / name)
            self.issuers[name].make_keys()
        self.has, self.beside, self.is_away, self.asked = list(names), [], False, 0
        self.takes_s = 0.0

    def keys(self) -> Any:
        self.asked += 1
        time.sleep(self.takes_s)
        if self.is_away:
            raise URLError("no route")
        told = [json.loads(self.issuers[name].public.read_text())["keys"][0] for name in self.has]
        return {
            "keys": [*self.beside, *(k | {"kid": n} for k, n in zip(told, self.has, strict=True))]
        }

    def token(self, name: str) -> str:
        key = self.issuers[name]._private.read_bytes()
        return jwt.encode(claims(), key, "EdDSA", headers={"kid": name})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What `time.monotonic` says in these tests."""
    now = [1000.0]
    monkeypatch.setattr(tokens.time, "monotonic", lambda: now[0])
    return now


def code_of(checks: Tokens, token: str) -> str | None:
    try:
        checks.check(token)
    except Refused as refusal:
        return refusal.code
    return None


def renewed(checks: Tokens) -> None:
    """The keys are asked for beside the call that found them old."""
    while checks._is_renewing:
        time.sleep(0.01)


def test_a_key_that_the_issuer_withdrew_opens_nothing_after_five_minutes(
    tmp_path: Path, clock: list[float]
) -> None:
    issuer = AnIssuer(tmp_path, "old", "new")
    checks, stolen = Tokens(LOCAL_ISSUER, issuer.keys), issuer.token("old")
    assert code_of(checks, stolen) is None
    issuer.has = ["new"]
    clock[0] += tokens.KEYS_OLD_S
    code_of(checks, stolen)
    renewed(checks)
    assert code_of(checks, stolen) == "token_invalid"  # though it was remembered as good
    assert code_of(checks, issuer.token("new")) is None


def test_an_issuer_that_is_away_leaves_us_the_keys_we_have(
    tmp_path: Path, clock: list[float]
) -> None:
    issuer = AnIssuer(tmp_path, "old")
    checks = Tokens(LOCAL_ISSUER, issuer.keys)
    assert code_of(checks, issuer.token("old")) is None
    issuer.is_away = True
    clock[0] += tokens.KEYS_OLD_S
    for _ in range(3):
        assert code_of(checks, issuer.token("old")) is None
        renewed(checks)
    assert issuer.asked == 2


def test_a_key_that_was_withdrawn_opens_nothing_after_a_night_without_calls(
    tmp_path: Path, clock: list[float]
) -> None:
    issuer = AnIssuer(tmp_path, "old", "new")
    checks, stolen = Tokens(LOCAL_ISSUER, issuer.keys), issuer.token("old")
    assert code_of(checks, stolen) is None
    issuer.has, issuer.takes_s = ["new"], 0.05
    clock[0] += 7 * 3600
    assert code_of(checks, stolen) == "token_invalid"
    assert code_of(checks, issuer.token("new")) is None


def test_nobody_is_believed_by_keys_that_their_issuer_has_long_not_confirmed(
    tmp_path: Path, clock: list[float]
) -> None:
    issuer = AnIssuer(tmp_path, "old")
    checks = Tokens(LOCAL_ISSUER, issuer.keys)
    assert code_of(checks, issuer.token("old")) is None
    issuer.is_away = True
    clock[0] += tokens.KEYS_STALE_S
    assert [code_of(checks, issuer.token("old")) for _ in range(3)] == ["keys_unavailable"] * 3
    assert issuer.asked == 2
    issuer.is_away = False
    clock[0] += tokens.KEYS_ANEW_S
    assert code_of(checks, issuer.token("old")) is None


def test_without_any_key_a_caller_is_told_that_it_is_not_their_fault(
    tmp_path: Path, clock: list[float]
) -> None:
    issuer = AnIssuer(tmp_path, "old")
    issuer.is_away = True
    checks = Tokens(LOCAL_ISSUER, issuer.keys)
    assert [code_of(checks, issuer.token("old")) for _ in range(3)] == ["keys_unavailable"] * 3
    assert issuer.asked == 1
    issuer.is_away = False
    clock[0] += tokens.KEYS_ANEW_S
    assert code_of(checks, issuer.token("old")) is None


def test_keys_of_other_kinds_in_an_issuers_set_are_passed_over_and_sign_nothing(
    tmp_path: Path,
) -> None:
    issuer = AnIssuer(tmp_path, "old")
    secret = base64.urlsafe_b64encode(b"s" * 32).decode()
    issuer.beside = [
        {"kty": "oct", "k": secret, "kid": "shared", "alg": "HS256"},
        {"kty": "unheard-of", "kid": "x"},
        {"kty": "OKP", "crv": "X25519", "x": secret, "kid": "encrypts", "use": "enc"},
        {"kty": "EC", "crv": "P-256", "x": "!", "y": "!", "kid": "broken"},
        {},
    ]
    checks = Tokens(LOCAL_ISSUER, issuer.keys)
    assert code_of(checks, issuer.token("old")) is None
    by_shared = jwt.encode(claims(), b"s" * 32, "HS256", headers={"kid": "shared"})
    assert code_of(checks, by_shared) == "token_invalid"
