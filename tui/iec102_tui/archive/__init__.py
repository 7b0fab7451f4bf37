"""The archive of load profiles: what has been downloaded, from every meter."""

from iec102.errors import Iec102Error

FILE_NAME = "archive.sqlite"


class ArchiveError(Iec102Error):
    """The archive cannot be used; the text says why and what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.add_note("")  # the first note names the meter where one is at fault
