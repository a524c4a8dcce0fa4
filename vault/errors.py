"""What goes wrong in the vault. No exception here carries data: its text may reach a log."""


class VaultError(Exception):
    """Base of the vault's errors."""


class Refused(VaultError):
    """Something does not open: wrong key, moved, changed, outdated, downgraded or forged.

    One exception for all, so that nobody can learn the reason by asking.
    """

    def __init__(self) -> None:
        super().__init__("refused")
