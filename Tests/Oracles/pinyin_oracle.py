"""pypinyin as a command: reads one JSON object from standard input, writes one to standard output.

{"titles": ["..."], "made": 2000} -> {"titles": [{"title": "...", "pinyin": "...", "initials": "..."}]}
    made: so many titles more, out of the oracle's own words; always the same ones
    pinyin: without tones and blanks, ü as u; initials: the first letter of each character

Readings are given for titles of Chinese characters alone.
"""

import json
import sys

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT



def is_common(word):
    """Whether all its characters are of the first level of GB 2312, the 3,755 that are used most."""
    try:
        encoded = word.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(encoded) == 2 * len(word) and all(0xB0 <= byte <= 0xD7 for byte in encoded[::2])


def made(count):
    """Titles such as 月光的列车, out of words that are taken from all of the list at equal distances."""
    words = sorted(word for word in PHRASES_DICT if 2 <= len(word) <= 3 and is_common(word))
    links = ["的", "与", "之", ""]
    stride = 7919
    return [
        words[index * stride % len(words)] + links[index % 4] + words[(index * stride * 2 + 1) % len(words)] for index in range(count)
    ]


def read(title):
    syllables = [syllable.replace("ü", "u").replace("v", "u") for syllable in lazy_pinyin(title, style=Style.NORMAL)]
    return {"title": title, "pinyin": "".join(syllables), "initials": "".join(syllable[0] for syllable in syllables)}


order = json.load(sys.stdin)
json.dump({"titles": [read(title) for title in order["titles"] + made(order["made"])]}, sys.stdout)
