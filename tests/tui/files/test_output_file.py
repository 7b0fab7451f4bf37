"""Files written whole: nothing that is there is replaced unasked."""

import errno
import os
from pathlib import Path
from typing import Never

import pytest
from iec102_tui.files.output_file import write_whole


def test_a_link_that_leads_nowhere_is_not_written_through_unasked(tmp_path: Path) -> None:
    link, target = tmp_path / "link.csv", tmp_path / "elsewhere.csv"
    link.symlink_to(target)
    with pytest.raises(FileExistsError):
        write_whole(link, ["text"])
    assert not target.exists()
    write_whole(link, ["text"], overwrite=True)
    assert target.read_text() == "text"
    assert link.is_symlink()


@pytest.mark.parametrize("step", ["open", "fsync"])
def test_what_cannot_be_written_is_named_as_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The file beside it is nobody's business; a full disk names none, and a read-only one refuses to clean up too."""

    def refuse(*arguments: object, **_more: object) -> Never:
        error = OSError(errno.EROFS, os.strerror(errno.EROFS))
        if step == "open":
            error.filename = arguments[0]
        raise error

    monkeypatch.setattr(os, step, refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(OSError, match="Read-only file system") as caught:
        write_whole(tmp_path / "report.md", ["text"])
    assert caught.value.filename == str(tmp_path / "report.md")
