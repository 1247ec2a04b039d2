"""What can be wrong with a bundle's folder, its registry, or a wish about them."""

from __future__ import annotations

from models.bundle.errors import BundleError, Reason


class BundleRefused(BundleError):  # noqa: N818  a decision, not a fault
    """A bundle is not loaded; ``reason`` is one of ``Reason``, the message says what to do."""

    def __init__(self, reason: Reason, detail: str, bundle: str = "") -> None:
        super().__init__(reason, detail)
        if bundle:
            self.args = (f"{bundle} is refused ({reason}): {detail}",)


class PublishError(RuntimeError):
    """A bundle cannot be written; the message says why and what to do."""


class RegistryError(ValueError):
    """The registry of models cannot be read, or does not allow it; the message says what to do."""


class GateError(RegistryError):
    """A gate of the model's card has failed, and no override says why it is promoted all the same."""
