"""Why no kit is made."""


class KitError(Exception):
    """The kit cannot be made, or is not closed; the text says what to do."""
