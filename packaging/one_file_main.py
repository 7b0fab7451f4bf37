"""The first lines of the one file: unpacks itself where nobody else can write, and begins.

Python cannot start a whole program from a zip file quickly, so the file unpacks itself once, into a folder of this
user. shiv's bootstrap does it under a lock, into a folder beside the final one that is then renamed; this part chooses
the folder. It must be readable to old versions of Python, to which it says what is needed.
"""

import os
import sys

BUILD = "@BUILD@"
FILES = "@FILES@"
NAME = "iec102-tui.pyz"
FOLDER = "iec102-tui"
NEEDED = (3, 11)


def say(text):
    sys.stderr.write(text + "\n")
    return 1


def is_own(path):
    """Whether this user alone can write into this folder, which is made where it is missing.

    A link is not followed: in a folder of all, such as /tmp, somebody else may have made it.
    """
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        pass
    except OSError:
        return False
    status = os.lstat(path)
    is_folder = status.st_mode & 0o170000 == 0o040000
    return is_folder and status.st_uid == os.geteuid() and not status.st_mode & 0o022 and os.access(path, os.W_OK)


def cache_folder(environment):
    """The folder of the user's own cache; None where there is none that can be written."""
    named = environment.get("XDG_CACHE_HOME", "")
    home = os.path.expanduser("~")
    base = named if os.path.isabs(named) else os.path.join(home, ".cache")
    if base != named and not os.path.isdir(home):
        return None  # a service's, which is not to be made
    try:
        os.makedirs(os.path.join(base, FOLDER), 0o700, exist_ok=True)
    except OSError:
        return None
    path = os.path.join(base, FOLDER, "one-file")
    return path if is_own(path) else None


def temporary_folder(environment):
    """A folder of this user among those of all; one that ends with the program where the name is taken."""
    named = environment.get("TMPDIR", "")
    for base in (named, "/tmp", "/var/tmp"):
        path = os.path.join(base, "%s-%d" % (FOLDER, os.geteuid()))
        if os.path.isabs(path) and is_own(path):
            return path
    import atexit
    import shutil
    import tempfile

    path = tempfile.mkdtemp(prefix=FOLDER + "-")
    atexit.register(shutil.rmtree, path, True)
    return path


def is_whole(folder):
    """Whether all files are there: what tidies a temporary folder up takes them one by one."""
    count = sum(not name.endswith(".pyc") for _, _, names in os.walk(folder) for name in names)
    return str(count) == FILES


def unpacked(environment):
    """The folder with the program, unpacked now where it is not yet. Raises OSError or zipfile.BadZipFile."""
    root, again = cache_folder(environment), False
    if root is None:
        root = temporary_folder(environment)
        again = not is_whole(os.path.join(root, "%s_%s" % (NAME, BUILD), "site-packages"))
    target = os.path.join(root, "%s_%s" % (NAME, BUILD))
    packages = os.path.join(target, "site-packages")
    if again or not os.path.isdir(packages):
        import zipfile
        from pathlib import Path

        from _bootstrap import extract_site_packages

        os.umask(os.umask(0o077) | 0o022)  # nobody else may change what will be run
        with zipfile.ZipFile(sys.argv[0]) as archive:
            extract_site_packages(archive, Path(target), force=again)
    return packages


def main():
    if sys.version_info < NEEDED:
        version = "%d.%d" % sys.version_info[:2]
        return say(
            "iec102-tui needs Python 3.11 or newer, and this is %s: start it with another one, such as "
            "`python3.12 iec102-tui.pyz`, or take the package that brings its own." % version
        )
    try:
        packages = unpacked(os.environ)
    except Exception as error:
        return say(
            "The one file cannot unpack itself (%s): it needs 30 MB in the user's cache folder or in TMPDIR; "
            "if there is room, copy the file again and compare its SHA-256 sum." % error
        )
    sys.path[0] = packages
    from iec102_tui.cli import main as program

    return program()


if __name__ == "__main__":
    sys.exit(main())
