"""Documents that hurt, made when they are needed: PDFs put together object by object, and text that never ends."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping

GIGABYTE = 2**30
PROSE = b"BT /F1 11 Tf 60 700 Td (This page says nothing that an inspection says, at some length.) Tj ET"


def assembled(objects: Iterable[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from one, with a true table of where they are; the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, table)
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, trailer, len(out))
    return bytes(out) + head + end


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica %s >>"
CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R %s >>"
TREE = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> %s >> >>"
A4 = b"0 0 595 842"


def page(
    content: bytes,
    *,
    box: bytes = A4,
    font: bytes = b"",
    resources: bytes = b"",
    catalogue: bytes = b"",
    more: Iterable[bytes] = (),
) -> bytes:
    """One page: `content` is its stream object; `more` are objects from number six on."""
    return assembled([CATALOGUE % catalogue, TREE, PAGE % (box, resources), content, FONT % font, *more])


def unpacking(size: int, unit: bytes = b"\0") -> bytes:
    """Deflated data that unpacks to about `size` bytes of repeated `unit`; about a thousandth of them.

    A packed megabyte repeated: packing gigabytes would take seconds. The checksum at the end is wrong.
    """
    packer, chunk = zlib.compressobj(9), unit * (2**20 // len(unit))
    first, again = (packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + again * (size // len(chunk) - 1) + packer.flush()


def bomb() -> bytes:
    """Two gigabytes of nothing, packed twice."""
    return zlib.compress(unpacking(2 * GIGABYTE), 9)


TWICE = b"/Filter [/FlateDecode /FlateDecode]"


def bomb_as_page() -> bytes:
    return page(stream(bomb(), TWICE))


def words_bomb() -> bytes:
    """A page that draws the same words until memory ends."""
    words = unpacking(GIGABYTE // 2, b"BT /F1 9 Tf 9 9 Td (and again and again and again) Tj ET\n")
    return page(stream(words, b"/Filter /FlateDecode"))


def bomb_as_font() -> bytes:
    font = b"/FirstChar 32 /LastChar 33 /Widths [500 500] /FontDescriptor 6 0 R"
    described = b"<< /Type /FontDescriptor /FontName /Helvetica /Flags 4 /FontFile2 7 0 R >>"
    entries = TWICE + b" /Length1 %d" % (2 * GIGABYTE)
    return page(stream(PROSE), font=font, more=[described, stream(bomb(), entries)])


def bomb_as_letters() -> bytes:
    """The table that says which letter a glyph is."""
    return page(stream(PROSE), font=b"/ToUnicode 6 0 R", more=[stream(bomb(), TWICE)])


def bomb_as_picture() -> bytes:
    size = b"/Type /XObject /Subtype /Image /Width 65000 /Height 32000 /ColorSpace /DeviceGray /BitsPerComponent 8 "
    return page(
        stream(b"q 500 0 0 700 40 40 cm /Im1 Do Q"),
        resources=b"/XObject << /Im1 6 0 R >>",
        more=[stream(bomb(), size + TWICE)],
    )


def scan() -> bytes:
    """A page that is a small grey picture, as a scanner makes it: no text layer."""
    size = b"/Type /XObject /Subtype /Image /Width 60 /Height 80 /ColorSpace /DeviceGray /BitsPerComponent 8"
    return page(
        stream(b"q 500 0 0 700 40 40 cm /Im1 Do Q"),
        resources=b"/XObject << /Im1 6 0 R >>",
        more=[stream(bytes(range(0, 240, 3)) * 60, size)],
    )


def many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(5, 5 + count))
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)
    one = b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 3 0 R /Resources << /Font << /F1 4 0 R >> >> >>" % A4
    return assembled([CATALOGUE % b"", tree, stream(PROSE), FONT % b"", *[one] * count])


def pages_claimed(count: int) -> bytes:
    """One page, in a tree that claims to have so many."""
    tree = b"<< /Type /Pages /Kids [3 0 R] /Count %d >>" % count
    return assembled([CATALOGUE % b"", tree, PAGE % (A4, b""), stream(PROSE), FONT % b""])


def pages_in_a_ring() -> bytes:
    """Branches of the page tree that are each other's children."""
    ring = b"<< /Type /Pages /Parent %d 0 R /Kids [%d 0 R] /Count 1 >>"
    return assembled([CATALOGUE % b"", ring % (3, 3), ring % (2, 2)])


def deep_tree(depth: int) -> bytes:
    """A page under so many branches, each the only child of the one above."""
    branches = [
        b"<< /Type /Pages /Parent %d 0 R /Kids [%d 0 R] /Count 1 >>" % (number - 1, number + 1)
        for number in range(2, depth + 2)
    ]
    return assembled(
        [CATALOGUE % b"", *branches, b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 9 9] >>" % (depth + 1)]
    )


def nested(depth: int, opening: bytes, closing: bytes) -> bytes:
    """A catalogue that holds something inside itself so many times."""
    return page(stream(PROSE), catalogue=b"/Deep " + opening * depth + closing * depth)


def drawing_that_draws_itself() -> bytes:
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /Fm1 6 0 R >> >>"
    return page(
        stream(b"/Fm1 Do /Fm1 Do"), resources=b"/XObject << /Fm1 6 0 R >>", more=[stream(b"/Fm1 Do /Fm1 Do", form)]
    )


def table_before_itself() -> bytes:
    """The table of objects names itself as the one before it."""
    whole = page(stream(PROSE))
    begin = whole.rindex(b"xref\n0")
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % begin)


def length_of_itself() -> bytes:
    return page(b"<< /Length 4 0 R >>\nstream\n%s\nendstream" % PROSE)


def text_on_one_page(characters: int, letters: bytes = b"and again ", font: bytes = b"") -> bytes:
    """So many characters of text drawn on one page, in lines of a hundred."""
    line = (letters * 100)[:100]
    lines = b"".join(b"1 0 0 1 20 %d Tm (%s) Tj\n" % (800 - number % 780, line) for number in range(characters // 100))
    content = stream(zlib.compress(b"BT /F1 1 Tf\n" + lines + b"ET"), b"/Filter /FlateDecode")
    return page(content, font=font, more=[STRANGE] if font else [])


STRANGE = stream(
    b"/CIDInit /ProcSet findresource begin begincmap /CMapName /X def 1 begincodespacerange <00> <FF> "
    b"endcodespacerange 4 beginbfchar <61> <F06E> <62> <00AD> <63> <05D0> <64> <FFFE> endbfchar endcmap end"
)
"""Letters a to d are a bullet from a private font, an optional hyphen, a Hebrew letter, and no character at all."""


def strange_letters(characters: int) -> bytes:
    return text_on_one_page(characters, b"abcdab cdaabbccdd ", b"/ToUnicode 6 0 R")


def with_script_and_attachment(lines: Iterable[str]) -> bytes:
    """Lines of text, a script that runs when the file is opened, and a program as attachment."""
    text = b"".join(
        b"1 0 0 1 60 %d Tm (%s) Tj " % (800 - 14 * n, line.encode("cp1252")) for n, line in enumerate(lines)
    )
    return page(
        stream(b"BT /F1 11 Tf " + text + b"ET"),
        font=b"/Encoding /WinAnsiEncoding",
        catalogue=b"/OpenAction 6 0 R /Names << /EmbeddedFiles << /Names [(evil.exe) 7 0 R] >> >>",
        more=[
            b"<< /S /JavaScript /JS (while (true) app.alert('hello')) >>",
            b"<< /Type /Filespec /F (evil.exe) /EF << /F 8 0 R >> >>",
            stream(b"MZ" + bytes(1000), b"/Type /EmbeddedFile"),
        ],
    )


def large(megabytes: int) -> bytes:
    """A page of prose and a picture nobody shows, of so many megabytes."""
    return page(stream(PROSE), more=[stream(b"\x93" * (megabytes * 2**20))])


SIZES: Mapping[str, bytes] = {
    "as large as a country": b"0 0 1000000000 1000000000",
    "of no size": b"0 0 0 0",
    "turned inside out": b"600 800 0 -90000000000",
    "measured in words": b"/a /b (c) null",
}
"""What a page can claim to measure."""


def page_of(box: bytes) -> bytes:
    return page(stream(PROSE), box=box)
