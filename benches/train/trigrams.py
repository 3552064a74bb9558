#!/usr/bin/env python3
"""Count letter trigrams of language and of identifiers into src/engine/words/trigrams.txt.

usage: trigrams.py WORDLIST SOURCE... > src/engine/words/trigrams.txt

WORDLIST is a text of one word a line (Debian's `wamerican`, from SCOWL: free to use, copy and sell with its notice);
SOURCE are folders of program text, of which each distinct identifier part counts once (our own src/ and Python's
standard library). Only counts go into the table; no word can be read back out of it.

The table has 27 lines of 27 * 27 characters. A character says how many quarter bits the third letter costs after the
other two: chr(ord('0') + cost). Symbol 0 is the edge of a word, 1 to 26 are a to z.
"""
import collections, math, pathlib, re, sys

SUFFIXES = {".py", ".rs", ".c", ".h", ".js", ".go", ".java"}
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
TOP = 63  # the dearest letter: 15.75 bits


def parts(wordlist, sources):
    """Yield words, each once for the list and once for the code."""
    with open(wordlist, encoding="utf8") as lines:
        yield from {part.lower() for line in lines for part in re.findall(r"[A-Za-z]+", line.removesuffix("'s\n"))}
    names = collections.Counter()
    for source in sources:
        for path in sorted(pathlib.Path(source).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                names.update(part.lower() for part in PART.findall(path.read_text("utf8", "ignore")))
    # A part seen once may be anything, even a key; what recurs is somebody's word.
    for part, count in sorted(names.items()):
        if count >= 5:
            yield from [part] * min(8, int(math.log2(count)))


def counts(words):
    three, two, one = collections.Counter(), collections.Counter(), collections.Counter()
    for word in words:
        codes = [0, 0, *(ord(letter) - 96 for letter in word), 0]
        for a, b, c in zip(codes, codes[1:], codes[2:]):
            three[a, b, c] += 1
            two[b, c] += 1
            one[c] += 1
    return three, two, one


def main():
    three, two, one = counts(parts(sys.argv[1], sys.argv[2:]))
    after_two, after_one, total = collections.Counter(), collections.Counter(), sum(one.values())
    for (a, b, _), n in three.items():
        after_two[a, b] += n
    for (b, _), n in two.items():
        after_one[b] += n
    for a in range(27):
        line = []
        for b in range(27):
            for c in range(27):
                p1 = (one[c] + 1) / (total + 27)
                p2 = (two[b, c] + 8 * p1) / (after_one[b] + 8)
                p3 = (three[a, b, c] + 8 * p2) / (after_two[a, b] + 8)
                line.append(chr(48 + min(TOP, round(-4 * math.log2(p3)))))
        print("".join(line))


if __name__ == "__main__":
    main()
