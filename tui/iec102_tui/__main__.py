"""`python -m iec102_tui` is `iec102-tui`."""

from iec102_tui.cli import main

if __name__ == "__main__":
    main()
