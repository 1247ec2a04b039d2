"""Every item that can be looked at without a person, by its name in ``models.profiles.items``."""
