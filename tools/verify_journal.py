#!/usr/bin/env python3
"""Verify an export of the journal without the house that wrote it: python3 verify_journal.py EXPORT [NUMBER:ROOT …]

NUMBER:ROOT is a checkpoint as a paper names it (12:9f3cb71e04aa). Standard library only; the format is docs/journal.md.
There too: how openssl checks the signatures, which are over the hashes that are verified here.
"""

import functools
import hashlib
import json
import sys

EVENT = "format subject_kind subject_id seq at actor_id actor_name on_behalf_of_id action from_step to_step".split()
EVENT += ["reason", "data", "prev_hash"]
CHECKPOINT = "format number at size root subjects events prev_hash key".split()


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(line, names):
    return json.dumps({n: line[n] for n in names}, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Journal:
    """What was read so far, line by line; `faults` says in words what does not hold."""

    def __init__(self, paper):
        self.paper, self.faults, self.points, self.peaks, self.sizes = paper, [], [], [], {}
        self.known, self.heads, self.only, self.counts = {}, {}, None, {"checkpoint": 0, "leaf": 0, "event": 0}

    def expect(self, holds, words):
        if not holds:
            self.faults.append(words)

    def journal(self, line):
        self.only = line.get("subjects") or (line["subject"] and [line["subject"]])

    def checkpoint(self, line):
        prev, name = self.points[-1]["hash"] if self.points else "0" * 64, f"checkpoint {line['number']}"
        self.expect(
            line["number"] == len(self.points) + 1 and line["prev_hash"] == prev, f"{name}: one is missing before it"
        )
        self.expect(line["hash"] == sha(canonical(line, CHECKPOINT)).hex(), f"{name}: changed")
        self.expect(line["root"].startswith(self.paper.pop(line["number"], "")), f"{name}: not the root on paper")
        self.points.append(line)
        self.sizes[line["size"]] = line

    def leaf(self, line):
        key, place = (line["subject_kind"], line["subject_id"]), line["position"]
        if self.only is None or list(key) in self.only:
            self.known.setdefault(key, {})[line["seq"]] = line["hash"]
        node = sha(b"\0", canonical(line, ("hash", "seq", "subject_id", "subject_kind")))
        rest = self.counts["leaf"] - 1
        self.expect(place == rest, f"leaf {place}: one is missing before it")
        while rest & 1:
            node, rest = sha(b"\1", self.peaks.pop(), node), rest >> 1
        self.peaks.append(node)
        if point := self.sizes.get(self.counts["leaf"]):
            root = functools.reduce(lambda right, left: sha(b"\1", left, right), reversed(self.peaks))
            self.expect(root.hex() == point["root"], f"checkpoint {point['number']}: not the root of its leaves")

    def event(self, line):
        key, seq = (line["subject_kind"], line["subject_id"]), line["seq"]
        last, prev = self.heads.get(key, (0, "0" * 64))
        self.expect(seq == last + 1, f"{key}: event {last + 1} is missing, or events changed places: {seq} comes next")
        self.expect(
            line["prev_hash"] == prev or seq != last + 1, f"{key}: event {seq} does not follow the one before it"
        )
        self.expect(line["hash"] == sha(canonical(line, EVENT)).hex(), f"{key}: event {seq} was changed")
        sealed = self.known.get(key, {}).pop(seq, line["hash"])
        self.expect(sealed == line["hash"], f"{key}: a checkpoint knows another event {seq}")
        self.heads[key] = seq, line["hash"]

    def end(self, line):
        for key, lost in self.known.items():
            self.expect(not lost, f"{key}: the end is cut off, a checkpoint knows event {max(lost, default=0)}")
        size = self.points[-1]["size"] if self.points else 0
        self.expect(size == self.counts["leaf"], "the last checkpoint counts other leaves than there are")
        told = {"checkpoint": line["checkpoints"], "leaf": line["leaves"], "event": line["events"]}
        self.expect(told.items() <= self.counts.items(), "lines of the export are missing")
        self.expect(not self.paper, f"on paper and not here: checkpoints {sorted(self.paper)}")


if __name__ == "__main__":
    found, what = Journal({int(number): root for number, root in (text.split(":") for text in sys.argv[2:])}), None
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in map(json.loads, file):
            what = line["type"]
            found.counts[what] = found.counts.get(what, 0) + 1
            getattr(found, what)(line)
    found.expect(what == "end", "the export itself is cut off")
    sys.stdout.write("\n".join(found.faults or ["The journal holds."]) + "\n")
    sys.exit(bool(found.faults))
