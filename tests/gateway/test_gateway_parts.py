"""The parts of the gateway on their own: addresses, sessions, limits, origins, keys."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from starlette.datastructures import Headers

from api.gateway import foreseen
from api.gateway.attempts import Attempts
from api.gateway.commands import Wish
from api.gateway.gateway import Gateway
from api.gateway.keys import Keys, KeysError
from api.gateway.origin import is_foreign
from api.gateway.refused import RefusedError
from api.gateway.sending import command_of, taken
from api.gateway.sessions import Session, SessionError, Sessions
from api.gateway.thinning import Thinning
from api.http.caller import UNKNOWN, caller, is_within, networks
from api.metrics.own import OwnMetrics
from connectors.kafka.control_client import Ack
from connectors.kafka.gateway.commands import Delivery
from connectors.settings import Settings
from models.desk.desk import Desk
from models.desk.news import REFUSED, News
from models.judge.records import Shard

KEY = "a key of sixteen or more"
BUNDLE = f"lgbm@{'ab' * 32}"
PROXIES = networks("10.0.0.0/8,::1")


@pytest.mark.parametrize(
    ("peer", "hops", "expected"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["127.0.0.1", " 198.51.100.7 "], "198.51.100.7"),
        ("10.0.0.1", ["127.0.0.1", "198.51.100.7", "10.9.9.9"], "198.51.100.7"),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["127.0.0.1", "rubbish"], UNKNOWN),
        ("::1", ["2001:db8::1"], "2001:db8::1"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
        ("", ["127.0.0.1"], UNKNOWN),
    ],
)
def test_the_caller_is_the_rightmost_who_is_no_proxy(peer: str, hops: list[str], expected: str) -> None:
    """Only a proxy that we trust is asked whom it heard."""
    assert caller(peer, hops, PROXIES) == expected


def test_what_is_no_address_is_in_no_network() -> None:
    """Nor is an address of the other family."""
    everybody = networks("0.0.0.0/0, ::/0")
    assert is_within("192.0.2.1", everybody) and is_within("2001:db8::1", everybody)
    assert not is_within(UNKNOWN, everybody)
    assert not is_within("2001:db8::1", networks("0.0.0.0/0"))


def test_a_session_lasts_so_long_and_no_longer() -> None:
    """To the second, by the clock it is given."""
    now = [1_000.0]
    sessions = Sessions("s", Keys(given()), 5, clock=lambda: now[0])
    token = sessions.open("ada", "admin")
    now[0] = 1_299.9
    session = sessions.read(token)
    assert session == Session("ada", "admin", 1_300, session.token_id)
    now[0] = 1_300
    with pytest.raises(SessionError, match="expired"):
        sessions.read(token)


def test_a_session_ends_when_it_is_logged_out() -> None:
    """That one alone; and it is forgotten once it would have ended anyway."""
    now = [1_000.0]
    sessions = Sessions("s", Keys(given()), 5, clock=lambda: now[0])
    first, second = sessions.open("ada", "admin"), sessions.open("ada", "admin")
    sessions.end(sessions.read(first))
    with pytest.raises(SessionError, match="logged out"):
        sessions.read(first)
    now[0] = 1_200
    third = sessions.open("ada", "admin")
    now[0] = 1_299
    sessions.end(sessions.read(second))
    now[0] = 1_301
    sessions.end(sessions.read(third))
    assert len(sessions._ended) == 1


def test_a_session_ends_with_the_key_of_its_role_and_with_the_secret() -> None:
    """So that a key that leaked can be taken back."""
    before = Sessions("s", Keys(given()), 5)
    tokens = {role: before.open("ada", role) for role in ("admin", "trader")}
    after = Sessions("s", Keys(given(trader_key="another key of sixteen")), 5)
    assert after.read(tokens["admin"]).role == "admin"
    with pytest.raises(SessionError, match="key of this role was changed"):
        after.read(tokens["trader"])
    with pytest.raises(SessionError, match="not one of this gateway"):
        Sessions("t", Keys(given()), 5).read(tokens["admin"])


def test_five_failures_lock_an_address_for_the_rest_of_their_minute() -> None:
    """And no other."""
    now = [0.0]
    attempts = Attempts(clock=lambda: now[0])
    for second in range(5):
        now[0] = second
        assert attempts.wait_s("a") == 0.0
        attempts.fail("a")
    assert (attempts.wait_s("a"), attempts.wait_s("b")) == (56.0, 0.0)
    now[0] = 60.0
    assert attempts.wait_s("a") == 0.0


def test_a_flood_of_addresses_is_counted_as_one() -> None:
    """Memory is bounded, and who floods is locked all the same."""
    attempts = Attempts(clock=lambda: 0.0)
    for number in range(4_096 + 5):
        attempts.fail(str(number))
    assert attempts.wait_s("one more") == 60.0
    assert attempts.wait_s("7") == 0.0


def test_a_flood_of_refusals_leaves_few_records_that_tell_of_all() -> None:
    """The first twenty, then at each doubling; the next minute begins anew."""
    now = [0.0]
    thinning = Thinning(clock=lambda: now[0])
    told = [number for number, is_told in (thinning.count("a") for _ in range(1_000)) if is_told]
    assert told == [*range(1, 21), 32, 64, 128, 256, 512]
    now[0] = 60.0
    assert thinning.count("a") == (1, True)


def test_a_flood_from_many_addresses_is_thinned_as_a_whole() -> None:
    """An attacker with a network of IPv6 has one address, and one with many fills no disk."""
    thinning = Thinning(clock=lambda: 0.0)
    assert [thinning.count(f"2001:db8::{n:x}")[0] for n in range(3)] == [1, 2, 3]
    told = [thinning.count(f"192.0.{n // 256}.{n % 256}")[1] for n in range(60_000)]
    assert sum(told) < 220


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"origin": "http://levibot:8000"}, False),
        ({"origin": "http://levibot:8000", "sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "https://levibot:8000"}, True),
        ({"origin": "http://levibot"}, True),
        ({"origin": "http://levibot.evil:8000"}, True),
        ({"origin": "null"}, True),
        ({"origin": "http://[::1"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site", "origin": "http://levibot:8000"}, True),
    ],
)
def test_only_our_own_pages_ask(headers: dict[str, str], expected: bool) -> None:
    """Scheme, host and port must be those under which the caller reached us."""
    assert is_foreign(Headers({"host": "levibot:8000"} | headers), "http") is expected


def test_default_ports_need_not_be_said() -> None:
    """Browsers leave them out."""
    assert not is_foreign(Headers({"host": "levibot", "origin": "https://levibot:443"}), "https")


def test_keys_tell_roles_apart() -> None:
    """Each its own, and a role without a key cannot be had."""
    keys = Keys(given())
    assert [keys.role_of(key) for key in (KEY, KEY + "t", KEY + "v", "", KEY[:-1], "ключ")] == [
        "admin", "trader", None, None, None, None,
    ]  # fmt: skip
    with pytest.raises(KeysError, match="must differ"):
        Keys(given(trader_key=KEY))


@pytest.mark.parametrize("name", ["admin_key", "trader_key", "viewer_key"])
def test_a_short_key_is_refused_at_the_start_by_name(name: str) -> None:
    """Sixteen characters at least."""
    with pytest.raises(ValidationError, match=f"{name}\n.*16 characters or more"):
        given(**{name: "k" * 15})


@pytest.mark.parametrize("name", ["ip_allowlist", "trusted_proxies"])
def test_an_address_that_is_none_is_refused_at_the_start(name: str) -> None:
    """Networks may have host bits, blanks do no harm."""
    given(**{name: "10.1.2.3/8, ::1,"})
    with pytest.raises(ValidationError, match=f"{name}\n.*'office' is no address"):
        given(**{name: "127.0.0.1,office"})


@pytest.mark.parametrize("missing", ["admin_key", "admin_secret"])
def test_there_is_no_gateway_without_both_keys(missing: str) -> None:
    """One alone opens nothing."""
    assert Gateway.of(given(**{missing: None}), OwnMetrics()) is None


def test_a_model_that_the_shards_refuse_is_409_with_their_reason() -> None:
    """Once, however many shards say so."""
    wish = Wish("model.select", "it answers", {"name": BUNDLE})
    command = command_of(wish, Session("ada", "admin", 0, "t"))
    news = News(REFUSED, BUNDLE, {"reason": "sums", "detail": "model.txt was changed"})
    acks = [Ack(Shard("ticks", n, n), 40, n, 5.0, news, 80.0) for n in range(2)]
    with pytest.raises(
        RefusedError, match=r"refused: model\.txt was changed; the one before stays"
    ) as caught:
        taken(wish, command, Delivery(acks, ()))
    assert (caught.value.status, caught.value.error) == (409, "model_refused")
    assert caught.value.more["shards"][1] == {
        "shard": "ticks/0001", "after": 40, "seq": 1, "ms": 5.0, "news": "model.refused", "news_ms": 80.0,
    }  # fmt: skip


def test_what_a_desk_cannot_take_is_409_before_it_is_sent() -> None:
    """With the shards that would refuse it; those of which nothing is known say nothing."""
    wish = Wish("model.select", "it answers", {"name": "stub-sine", "as": "challenger"})
    command = command_of(wish, Session("ada", "admin", 0, "t"))
    desks = {"ticks/0000": Desk(model="stub-sine"), "ticks/0001": Desk(model="ml-fusion")}
    heads = {key: {"desk": desk.as_dict()} for key, desk in desks.items()} | {"ticks/0002": {"gone": True}}
    with pytest.raises(RefusedError, match=r"must be another one; nothing was sent") as caught:
        foreseen.check(heads, command)
    assert (caught.value.status, caught.value.more["shards"]) == (409, ["ticks/0000"])
    foreseen.check({"ticks/0001": heads["ticks/0001"]}, command)


def given(**settings: str | None) -> Settings:
    """Return settings with keys of an administrator and a trader."""
    chosen: dict[str, str | None] = {"admin_secret": "s", "admin_key": KEY, "trader_key": KEY + "t"}
    return Settings(_env_file=None, **(chosen | settings))
