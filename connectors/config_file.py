"""Reading a YAML file of configuration into its shape; what is wrong with it is said with the file's name."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

_Shape = TypeVar("_Shape", bound=BaseModel)


class ConfigError(ValueError):
    """A configuration file or variable has a bad value; the message names both."""


class Strict(BaseModel):
    """A shape without any other field."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def load(path: Path, shape: type[_Shape]) -> _Shape:
    """Return what a file holds; raise ``ConfigError`` where it is not there or not of the shape."""
    raw = read(path)
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(f"{path}: {error}") from error


def read(path: Path) -> Any:
    """Return what a YAML file holds as plain data; raise ``ConfigError`` where it cannot be read."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}): start in the folder that holds it, or set its path"
        ) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: {error}") from error
