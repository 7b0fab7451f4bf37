"""Files written whole: nothing that is there is replaced unasked."""

from pathlib import Path

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
