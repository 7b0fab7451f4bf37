"""Decodes frames with iec870ree 0.14.1, as that client does, and prints how many a second.

Run by an interpreter that has it, never imported:

    python -I iec870ree_decode.py ROUNDS < lines of "NAME HEX"; the frames of a name are measured together

Prints a JSON object: the frames a second of the best round for each name.
"""

import json
import sys
import time
from collections import defaultdict
from typing import Any

from iec870ree.base_asdu import AsduParser


def instants(content: Any) -> list[Any]:
    """The times that decoding has not made yet: type 163 keeps its tags, the other types give datetimes."""
    if content.type != 163:
        return []
    return [part.valores[-1].datetime for part in content.valores]


def read(stream: bytes) -> int:
    """Parses the bytes of the line one by one, which is how this client takes them; gives the number of frames."""
    parser, frames = AsduParser(), 0
    for byte in stream:
        frame = parser.append_and_get_if_completed(byte)
        if frame is not None:
            instants(frame.content)
            frames += 1
    return frames


def main() -> None:
    rounds = int(sys.argv[1])
    streams: dict[str, bytearray] = defaultdict(bytearray)
    for line in sys.stdin:
        name, text = line.split()
        streams[name] += bytes.fromhex(text)
    speeds = {}
    for name, stream in streams.items():
        durations = []
        for _ in range(rounds):
            begin = time.perf_counter()
            frames = read(stream)
            durations.append(time.perf_counter() - begin)
        speeds[name] = frames / min(durations)
    json.dump(speeds, sys.stdout)


if __name__ == "__main__":
    main()
