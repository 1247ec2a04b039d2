"""The forms of the answers, for the OpenAPI document alone: answers are made as plain data, not by these."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Word = Literal["BUY", "SELL", "HOLD"]
Probability = float


class Form(BaseModel):
    """An object with exactly these fields."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Refusal(BaseModel):
    """Every refusal: its name, and a sentence for people; some say more."""

    model_config = ConfigDict(extra="allow")

    error: str
    message: str


class Parts(Form):
    """What the three parts of `ml-fusion` say, each from 0 to 1."""

    rsi: float
    macd: float
    trend: float


class Cause(Form):
    """The place in the log right behind the input that released a record."""

    topic: str
    partition: int
    offset: int
    seq: int


class Prediction(Form):
    """A symbol's latest answer, as it may be used now."""

    id: str | None
    symbol: str
    venue: str
    shard: str | None
    status: Literal["LIVE", "DEMO"]
    mock: bool = Field(alias="_mock")
    signal: Word
    last_signal: Word | None
    """What was published last, whatever has become of it since."""
    reason: str
    prob: float = Field(ge=0, le=1)
    """P(price is higher one horizon later)."""
    confid: float = Field(ge=0.5, le=1)
    uncertainty: float | None
    ml_bucket: int = Field(ge=0, le=9)
    ml_signal_parts: Parts | None
    fallback: bool
    advisory: bool
    """It must never become an order."""
    killed: bool | None
    stale: bool
    canary: bool
    model: str
    model_version: str
    feature_version: str
    price: float | None
    """The last trade's."""
    price_target: float | None
    """The median price one horizon later; null where no model speaks."""
    horizon_s: int
    ts: int
    """The end of the second it is for, ns UTC."""
    age_s: float = Field(ge=0)
    caused_by: Cause | None


class Ensemble(Prediction):
    """The ensemble's answer."""

    available: Literal[True]
    role: Literal["active", "challenger", "incumbent"]


class NotAvailable(Form):
    """The answer of a model that has none."""

    available: Literal[False]
    role: None
    symbol: str
    mock: Literal[True] = Field(alias="_mock")
    status: Literal["DEMO"]
    signal: Literal["HOLD"]
    prob: None
    confid: None
    price: None
    price_target: None
    model: None
    feature_version: str
    horizon_s: int
    fallback: Literal[True]
    advisory: Literal[True]
    reason: str
    message: str
    ts: int


class Guardrail(Form):
    """Whether the guard was passed, and else why not."""

    passed: bool
    reasons: list[str]


class Scored(Form):
    """What the built-in model says of one bar."""

    symbol: str | None
    ts: float | None
    tf: str | None
    signal: Word
    prob: float | None
    confid: float | None
    uncertainty: float | None
    ml_bucket: int | None
    ml_signal_parts: Parts | None
    advisory: Literal[True]
    fallback: bool
    reason: Literal["preview", "guard"]
    guardrail: Guardrail
    model: str
    model_version: str
    feature_version: str
    horizon_s: int
    scored_at: int


class Bar(BaseModel):
    """A bar to be scored; whatever is wrong with it closes the guard."""

    ts: float
    symbol: str
    tf: str = Field(examples=["1m"])
    o: float
    h: float
    l: float  # noqa: E741  the name of the field
    c: float
    v: float


class Shards(Form):
    """How many shards there are, and which are silent."""

    known: int
    online: int
    silent: list[str]


class Health(Form):
    """Whether the product is well."""

    ok: bool
    status: Literal["OK", "DEGRADED", "DEMO"]
    mock: bool = Field(alias="_mock")
    version: str
    build_sha: str = Field(alias="buildSha")
    feature_staleness_sec: float | None
    redis: Literal["up", "down"]
    executor: Literal["online", "partial", "offline"]
    shards: Shards
    ts: int


class Version(Form):
    """The versions of features and model."""

    features: str = Field(alias="featureVersion")
    model: str | None
    model_version: str | None = Field(alias="modelVersion")
    status: Literal["LIVE", "DEMO"]
    mock: bool = Field(alias="_mock")
    fallback: bool


class Row(Form):
    """A symbol in the table."""

    symbol: str
    venue: str
    shard: str
    price: float | None
    signal: Word
    prob: float
    confid: float
    reason: str
    advisory: bool
    fallback: bool
    killed: bool
    stale: bool
    model: str
    ts: int
    age_s: float
    level: Literal["ok", "warn", "crit", "expired"]
    trade_age_s: float | None
    ticks_per_minute: float | None


class Symbols(Form):
    """The table of symbols."""

    count: int
    symbols: list[Row]
    ts: int


class Flags(Form):
    """The operator's settings."""

    flags: dict[str, Any]
    partial: dict[str, dict[str, Any]]
    ts: int


def answers(form: Any) -> dict[int | str, dict[str, Any]]:
    """Return the ``responses`` of a route whose good answer has this form."""
    return {200: {"model": form}}


def json_body(**fields: type[BaseModel]) -> dict[str, Any]:
    """Return the ``openapi_extra`` of a route that reads its body itself: an object with these fields."""
    properties = {name: form.model_json_schema() for name, form in fields.items()}
    form = {"type": "object", "properties": properties, "required": [*fields]}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": form}}}}


def unknown_symbol(form: Any) -> dict[int | str, dict[str, Any]]:
    """Return those of a route that also answers 404 to a symbol nobody has seen."""
    return answers(form) | {404: {"model": Refusal, "description": "No shard has seen this symbol."}}
