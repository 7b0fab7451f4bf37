"""Writes files of the sector with mesures and prints what is in each as JSON.

Run by an interpreter that has mesures 3.11.0, never imported by the tests. mesures writes to /tmp alone, and counts its
versions by what lies there: so it gets a file system of the test's own name for it.
"""

import bz2
import importlib
import json
import os
import sys
import tempfile
import zipfile

import pandas

CLASSES = {"p1d": "P1D", "p1": "P1", "p2d": "P2D", "p2": "P2", "f1": "F1", "f1qh": "F1QH", "f5d": "F5D", "p5d": "P5D"}
HAS_RETAILER = ("p1d", "p2d", "f5d", "p5d")


def in_folder(folder, name, records):
    """Calls the writer with its folder moved: the path is written into its code."""
    module = importlib.import_module(f"mesures.{name}")
    writer = getattr(module, CLASSES[name])
    join, listdir, rename = os.path.join, os.listdir, os.rename
    os.path.join = lambda first, *others: join(folder if first == "/tmp" else first, *others)
    os.listdir = lambda path=".": listdir(folder if path == "/tmp" else path)
    try:
        companies = {"distributor": "0021"} | ({"comer": "0100"} if name in HAS_RETAILER else {})
        return writer(records, **companies).writer()
    finally:
        os.path.join, os.listdir, os.rename = join, listdir, rename


def unpacked(path):
    """The texts by name of a file, of those in a zip."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return {name: bz2.decompress(archive.read(name)).decode() for name in archive.namelist()}
    with open(path, "rb") as file:
        return {os.path.basename(path): bz2.decompress(file.read()).decode()}


def main():
    found = []
    for task in json.load(sys.stdin):
        records = task["records"]
        for record in records:
            record["timestamp"] = pandas.Timestamp(record["timestamp"], unit="s", tz="UTC").tz_convert("Europe/Madrid")
        with tempfile.TemporaryDirectory() as folder:
            found.append(unpacked(in_folder(folder, task["name"], records)))
    json.dump(found, sys.stdout)


main()
