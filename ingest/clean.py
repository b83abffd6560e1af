"""Text as every reader hands it on: normalised so that it can be stored, searched and quoted."""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl",
    "\ufb05": "st", "\ufb06": "st", "\u00ad": "", "\u200b": "", "\ufeff": "", "\u2060": "",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2003": " ", "\u2002": " ",
}  # fmt: skip
# Signs that turn the direction of what follows, so that words read otherwise than they stand, and letters
# that no font draws ("tags"): with them a page says one thing to a person and another to a program.
_DECEIVING = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xE0000, 0xE0080))
_TABLE = str.maketrans({**_LIGATURES, **dict.fromkeys(map(chr, _DECEIVING), "")})
# Control characters (NUL among them), lone surrogates and private-use glyphs (bullets of symbol fonts).
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff]")
_SPACE = re.compile(r"\s+")
# "develop-\nment": a lower-case letter, a hyphen at the line's end, a lower-case letter.
_LINE_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010]\n(?=[^\W\d_A-Z])")


def normalise(text: str) -> str:
    """`text` on one line: NFC, white space folded, ligatures resolved, what cannot be shown removed."""
    text = unicodedata.normalize("NFC", _UNWANTED.sub(" ", text.translate(_TABLE)))
    return _SPACE.sub(" ", text).strip()


def join_lines(lines: list[str]) -> str:
    """Lines of one paragraph as one text; words broken at a line's end are joined."""
    broken = (re.sub("\u00ad\\s*$", "-", line) for line in lines)  # a soft hyphen that was printed
    joined = "\n".join(line.translate(_TABLE).strip() for line in broken)
    return normalise(_LINE_HYPHEN.sub("", joined))
