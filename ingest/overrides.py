"""metadata.csv: what an admin says of documents; its fields win over what was found."""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.documents import IngestError, Kind
from ingest.organisations import organisation
from ingest.places import country_name, named_country

log = logging.getLogger(__name__)

FILE = "metadata.csv"
COLUMNS = (
    "file", "title", "kind", "countries", "organisations", "period", "published", "language", "symbol",
    "in_force",
)  # fmt: skip

NONE = "-"  # in a cell: what was found is wrong, and there is nothing to put in its place
_EMPTY: Mapping[str, Any] = {
    "countries": (), "organisations": (), "period": None, "published": None, "symbol": "", "language": "und",
}  # fmt: skip


def read_overrides(folder: Path) -> dict[str, dict[str, str]]:
    """file -> its row in `folder`/metadata.csv (empty cells left out); {} where there is no such file.

    Raises IngestError for an unknown column, a row without a file, or a file named twice.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, delimiter=_delimiter(path))
            columns = [(column or "").strip().lower() for column in reader.fieldnames or ()]
            rows = [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError as error:
        raise IngestError(f"{FILE} is not UTF-8 ({error.reason}); save it as 'CSV UTF-8'") from error
    except csv.Error as error:
        raise IngestError(f"{FILE} cannot be read as CSV ({error}); save it again as 'CSV UTF-8'") from error
    unknown = [column or "(empty)" for column in columns if column not in COLUMNS]
    if unknown:
        raise IngestError(f"{FILE}: unknown column {', '.join(unknown)}; allowed are {', '.join(COLUMNS)}")
    if "file" not in columns:
        raise IngestError(
            f"{FILE} has no column 'file'; its first line must name the columns {', '.join(COLUMNS)}"
        )
    overrides: dict[str, dict[str, str]] = {}
    for line, row in rows:
        if None in row:
            raise IngestError(
                f"{FILE}, line {line}: more cells than columns; put values with commas in quotes"
            )
        cells = {str(key).strip().lower(): (value or "").strip() for key, value in row.items()}
        file = cells.pop("file").replace("\\", "/")
        cells = {column: value for column, value in cells.items() if value}
        if not file:
            if cells:
                raise IngestError(f"{FILE}, line {line}: no file is named; fill the column 'file'")
            continue
        if file in overrides:
            raise IngestError(f"{FILE}, line {line}: {file} is named twice; keep one row")
        if not (folder / file).exists():
            log.warning("%s, line %d: there is no file %s", FILE, line, file)
        overrides[file] = cells
    return overrides


def _delimiter(path: Path) -> str:
    """Spreadsheets in half of Europe write ';' between the columns."""
    with path.open(encoding="utf-8-sig") as stream:
        head = stream.readline()
    return ";" if ";" in head and "," not in head else ","


def override_fields(row: Mapping[str, str], name: str) -> dict[str, Any]:
    """Fields of a Description that `row` gives, and in_force, which goes into its `found`.

    Raises IngestError naming file, column and what is right.
    """
    fields: dict[str, Any] = {}
    for column, value in row.items():
        value = value.strip()
        if not value or column == "file":
            continue
        if value == NONE and column in _EMPTY:
            fields[column] = _EMPTY[column]
        elif column in ("title", "symbol"):
            fields[column] = value
        elif column == "kind":
            fields[column] = _kind(value, name)
        elif column == "countries":
            fields[column] = tuple(sorted({_country(part, name) for part in _split(value)}))
        elif column == "organisations":
            fields[column] = tuple(dict.fromkeys(organisation(part) or part for part in _split(value)))
        elif column == "period":
            fields[column] = _period(value, name)
        elif column == "published":
            fields[column] = _year(value, name)
        elif column == "language":
            fields[column] = _language(value, name)
        elif column == "in_force":
            fields[column] = _in_force(value, name)
        else:
            raise IngestError(f"{FILE}, {name}: unknown column {column}; allowed are {', '.join(COLUMNS)}")
    return fields


def _wrong(name: str, column: str, value: str, allowed: str) -> IngestError:
    return IngestError(f"{FILE}, {name}: column {column} holds {value!r}; allowed is {allowed}")


def _split(value: str) -> list[str]:
    return [part.strip() for part in re.split("[;؛；]", value) if part.strip()]


def _kind(value: str, name: str) -> Kind:
    try:
        return Kind(value.lower())
    except ValueError:
        raise _wrong(name, "kind", value, "one of: " + ", ".join(kind.value for kind in Kind)) from None


def _country(value: str, name: str) -> str:
    code = named_country(value)
    if code is None:
        raise _wrong(name, "countries", value, "country names or ISO codes, several split by ';' (Mali; NER)")
    return code


def named_countries(value: str, language: str) -> str:
    """The countries in `value`, as a cell holds them, by their names in `language`."""
    codes = [named_country(part) or part for part in _split(value)]
    return "; ".join(country_name(code, language) for code in codes)


def _period(value: str, name: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{4})(?:\s*[-–—/;]\s*(\d{4}))?", value)
    period = (int(found.group(1)), int(found.group(2) or found.group(1))) if found else (1, 0)
    if not 1900 <= period[0] <= period[1] <= 2100:
        raise _wrong(name, "period", value, "a first and last year, such as 2018-2022")
    return period


def _year(value: str, name: str) -> int:
    if not re.fullmatch(r"(?:19|20)\d\d", value):
        raise _wrong(name, "published", value, "a year, such as 2023")
    return int(value)


def _in_force(value: str, name: str) -> str:
    """ "yes": it is in force whatever looks newer; "no": it is not, even where nothing newer is known."""
    if value.lower() not in ("yes", "no"):
        raise _wrong(name, "in_force", value, "yes (it stays in force) or no (it is superseded)")
    return value.lower()


def _language(value: str, name: str) -> str:
    import pycountry

    code = value.lower()
    if code != "und" and not (re.fullmatch("[a-z]{2}", code) and pycountry.languages.get(alpha_2=code)):
        raise _wrong(name, "language", value, "an ISO 639-1 code of two letters, such as en or fr")
    return code
