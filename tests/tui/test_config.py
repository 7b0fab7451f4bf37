from pathlib import Path

import pytest
from iec102.errors import InvalidSetting
from iec102_tui import config
from iec102_tui.config import THEMES, Config, Folders, default_path, load, variable_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def of_file(path: Path, text: str) -> tuple[Config, tuple[str, ...]]:
    path.write_text(text)
    return load({}, {}, path)


def test_without_a_file_everything_has_its_default_and_nothing_is_made(path: Path) -> None:
    assert load({}, {}, path) == (Config(), ())
    assert not path.exists()


def test_every_setting_is_read_from_the_file(path: Path) -> None:
    found, said = of_file(
        path,
        """
        theme = "ansi"
        refresh = 1
        low_bandwidth = true
        mouse = false
        frames = 2000

        [keys]
        quit = "ctrl+q"
        "pane.grid" = "f2,2"

        [colours]
        "type=163 and not bad" = "ok"
        bad = "error"

        [folders]
        exports = "/data/exports"
        captures = "/data/captures"
        archive = "/data/archive"
        log = "/data/log"
        """,
    )
    assert not said
    assert found == Config(
        theme="ansi",
        refresh=1.0,
        low_bandwidth=True,
        mouse=False,
        frames=2000,
        keys={"quit": "ctrl+q", "pane.grid": "f2,2"},
        colours={"type=163 and not bad": "ok", "bad": "error"},
        folders=Folders(
            exports=Path("/data/exports"),
            captures=Path("/data/captures"),
            archive=Path("/data/archive"),
            log=Path("/data/log"),
        ),
    )


def test_the_command_line_goes_before_the_environment_and_this_before_the_file(path: Path) -> None:
    path.write_text('theme = "light"\nrefresh = 1\nlow_bandwidth = true\n[folders]\nexports = "/file"\n')
    environment = {
        "IEC102_TUI_THEME": "ansi",
        "IEC102_TUI_REFRESH": "2.5",
        "IEC102_TUI_FOLDERS_EXPORTS": "/environment",
    }
    found, said = load({"theme": "plain", "refresh": None}, environment, path)
    assert not said
    assert (found.theme, found.refresh, found.low_bandwidth) == ("plain", 2.5, True)
    assert found.folders.exports == Path("/environment")
    assert load({"folders.exports": "/argument"}, environment, path)[0].folders.exports == Path("/argument")


@pytest.mark.parametrize("word", ["1", "true"])
def test_a_variable_says_yes_in_the_usual_words(path: Path, word: str) -> None:
    assert load({}, {variable_of("low_bandwidth"): word}, path)[0].low_bandwidth


def test_an_empty_variable_says_nothing(path: Path) -> None:
    assert load({}, {"IEC102_TUI_THEME": ""}, path) == (Config(), ())


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('theme = "pink"', "theme"),
        ("theme = 5", "theme"),
        ("refresh = -1", "refresh"),
        ("refresh = 60.5", "refresh"),
        ("refresh = nan", "refresh"),
        ("refresh = true", "refresh"),
        ("low_bandwidth = 1", "low_bandwidth"),
        ('mouse = "no"', "mouse"),
        ("frames = 999", "frames"),
        ("frames = 1e4", "frames"),
        ("keys = 5", "keys"),
        ('folders = "here"', "folders"),
        ("keys.quit = 5", "keys.quit"),
        ('keys.quit = ""', "keys.quit"),
        ("colours = 5", "colours"),
        ('colours.bad = "#ff0000"', "colours.bad"),
        ("folders.exports = 5", "folders.exports"),
        ('folders.exports = ""', "folders.exports"),
        ('folders.exports = "\\u0000"', "folders.exports"),
    ],
)
def test_a_wrong_value_is_named_and_everything_else_holds(path: Path, line: str, key: str) -> None:
    other = 'theme = "light"\n' if key != "theme" else "mouse = false\n"
    found, said = of_file(path, other + line)
    assert len(said) == 1
    assert said[0].startswith(f"{path}: {key} is ")
    assert "it must be" in said[0]
    assert said[0].endswith(".")
    assert said[0].isprintable()
    assert found == (Config(theme="light") if key != "theme" else Config(mouse=False))


def test_a_wrong_variable_is_named_and_the_file_holds(path: Path) -> None:
    path.write_text('theme = "light"\n')
    found, said = load({}, {"IEC102_TUI_THEME": "pink"}, path)
    assert found.theme == "light"
    wanted = f"one of {', '.join(THEMES)}, a theme of Textual such as nord, or a file of themes/"
    assert said == (f'IEC102_TUI_THEME is "pink"; it must be {wanted}.',)


def test_a_wrong_argument_is_refused(path: Path) -> None:
    with pytest.raises(InvalidSetting, match="pink"):
        load({"theme": "pink"}, {}, path)


def test_a_key_that_means_nothing_is_named_with_the_one_perhaps_meant(path: Path) -> None:
    _, said = of_file(path, 'them = "dark"\nzzz = 1\n[folders]\nexport = "/x"\n')
    assert [sentence.partition(": ")[2] for sentence in said] == [
        "them is not known and has no effect; did you mean theme?",
        "zzz is not known and has no effect.",
        "folders.export is not known and has no effect; did you mean folders.exports?",
    ]


def test_broken_toml_is_one_sentence_and_the_defaults_hold(path: Path) -> None:
    found, said = of_file(path, "theme = \n")
    assert found == Config()
    assert len(said) == 1
    assert str(path) in said[0]
    assert "line 1" in said[0]


def test_a_tilde_is_the_home_folder(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    found, _ = of_file(path, '[folders]\nexports = "~/meters"\n')
    assert found.folders.exports == Path("/home/somebody/meters")


def test_the_file_is_beside_the_profiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config.platformdirs, "user_config_path", lambda name: Path("/config") / name)
    assert default_path({}) == Path("/config/iec102-tui/config.toml")
    assert default_path({"IEC102_TUI_CONFIG": "/elsewhere.toml"}) == Path("/elsewhere.toml")
