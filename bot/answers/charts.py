"""A timeline -> its picture. Pure: the same timeline gives the same bytes.

Read from the left: four steps of grades; a line that is where the authority stands; a dashed upright where another
framework, or another edition of it, begins; below, a mark for each letter and each area SEND inspection. Colour only
underlines what place, shape and words say. It is drawn large enough to be read at a third of its width.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot import words
from bot.answers.timeline import Era, Stand, Timeline
from judgements.types import Grade

WIDTH, HEIGHT = 1280, 832
LEFT, RIGHT, TOP, BOTTOM = 272, 30, 166, 604
RAISED = 100
"""The field of grades; above it stand the title and two rows of frameworks, below it letters, years and the legend."""
MARKS, YEARS, LEGEND = 658, 712, 784
SMALL, NORMAL, LARGE = 34, 38, 48
DOT, EDGE = 16, 34
"""The size of a dot, and how far the first and the last day stay from the edges of the field."""

Point = tuple[float, float]
Ink = str

PAPER, BLACK, GREY, RED = "#ffffff", "#1d1c1d", "#5f5e60", "#b3261e"
STEPS: tuple[tuple[frozenset[Grade], tuple[str, ...], Ink, Ink], ...] = (
    (frozenset({Grade.OUTSTANDING}), ("Outstanding",), "#1b5e8c", "#dce9f6"),
    (frozenset({Grade.GOOD}), ("Good",), "#2e7d4f", "#e2f2e4"),
    (
        frozenset({Grade.REQUIRES_IMPROVEMENT, Grade.ADEQUATE}),
        ("Requires", "improvement"),
        "#b26a00",
        "#fcf0d9",
    ),
    (frozenset({Grade.INADEQUATE}), ("Inadequate",), RED, "#fae3e0"),
)
"""Each step from the top: its grades, how it is named at the edge, and the colours of its dots and of its field."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """Days to places from the left."""

    first: date
    last: date

    def x(self, day: date) -> float:
        whole = max(1, (self.last - self.first).days)
        return LEFT + EDGE + (WIDTH - LEFT - RIGHT - 2 * EDGE) * (day - self.first).days / whole


def draw(timeline: Timeline) -> bytes:
    """The picture as a PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    scale = _Scale(first=timeline.first, last=timeline.last)
    _title(draw, timeline.name)
    _steps(draw)
    _years(draw, scale)
    _frameworks(draw, scale, timeline.eras)
    _line(draw, scale, timeline.stands)
    _dates(draw, scale, timeline.stands)
    _marks(draw, scale, timeline)
    _legend(draw, timeline)
    out = BytesIO()
    # Few colours, found the quick way: a third of the size, and of the time.
    image.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


def _step(grade: Grade) -> int:
    return next(place for place, step in enumerate(STEPS) if grade in step[0])


def _y(step: int) -> float:
    return TOP + (BOTTOM - TOP) * (step + 0.5) / len(STEPS)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _words(
    draw: ImageDraw.ImageDraw,
    place: Point,
    text: str,
    size: int = NORMAL,
    ink: Ink = BLACK,
    anchor: str = "lm",
    halo: Ink = PAPER,
) -> None:
    """`halo` is the colour around the letters, which keeps them apart from a line behind them."""
    # The font that Pillow brings has no dashes.
    plain = text.replace("–", "-")
    draw.text(
        place,
        plain,
        font=_font(size),
        fill=ink,
        anchor=anchor,
        stroke_width=0 if halo == PAPER else 4,
        stroke_fill=halo,
    )


def _width(text: str, size: int) -> float:
    return _font(size).getlength(text)


def _title(draw: ImageDraw.ImageDraw, name: str) -> None:
    size = LARGE
    text = words.CHART_TITLE.format(name=name)
    while _width(text, size) > WIDTH - 60 and size > SMALL:
        size -= 2
    _words(draw, (30, 42), text, size)


def _steps(draw: ImageDraw.ImageDraw) -> None:
    height = (BOTTOM - TOP) / len(STEPS)
    for place, (_, name, ink, field) in enumerate(STEPS):
        top = TOP + place * height
        draw.rectangle((LEFT, top, WIDTH - RIGHT, top + height - 3), fill=field)
        for number, line in enumerate(name):
            middle = _y(place) + (number - (len(name) - 1) / 2) * 42
            _words(draw, (LEFT - 18, middle), line, NORMAL, ink, "rm")


def _years(draw: ImageDraw.ImageDraw, scale: _Scale) -> None:
    years = range(scale.first.year, scale.last.year + 1)
    stride = next(each for each in (1, 2, 3, 5, 10, 20) if len(years) / each <= 7)
    draw.line((LEFT, YEARS - 28, WIDTH - RIGHT, YEARS - 28), fill=GREY, width=2)
    for year in years[::stride]:
        x = scale.x(date(year, 1, 1))
        draw.line((x, YEARS - 28, x, YEARS - 18), fill=GREY, width=2)
        if x + _width(str(year), SMALL) / 2 < WIDTH - 6:
            _words(draw, (x, YEARS), str(year), SMALL, GREY, "mm")


def _frameworks(draw: ImageDraw.ImageDraw, scale: _Scale, eras: Sequence[Era]) -> None:
    """Where another framework or edition begins, and what each is called.

    A name stands in its own stretch, in short if need be. One that has no room there stands above the line with which
    its stretch begins, unless another one does.
    """
    begins = [float(LEFT), *(scale.x(era.since) for era in eras[1:])]
    free = 0.0
    for era, x, end in zip(eras, begins, (*begins[1:], WIDTH - RIGHT), strict=True):
        label = _fitting(era.name, x, end)
        if x > LEFT:
            _dashed(draw, x, RAISED + 18 if label is None else TOP - 44, BOTTOM)
        width = _width(era.name, SMALL)
        left = min(x - width / 2, WIDTH - RIGHT - width)
        if label:
            _words(draw, (x + 10, TOP - 28), label, SMALL, GREY)
        elif left > free:
            _words(draw, (left, RAISED), era.name, SMALL, GREY)
            free = left + width + 12


def _fitting(name: str, begin: float, end: float) -> str | None:
    """As much of a framework's name as there is room for: all of it, or the year alone."""
    forms = (name, *re.findall(r"\d{4}$", name))
    return next((form for form in forms if begin + 10 + _width(form, SMALL) < end), None)


def _dashed(draw: ImageDraw.ImageDraw, x: float, top: float, bottom: float) -> None:
    y = top
    while y < bottom:
        draw.line((x, y, x, min(y + 12, bottom)), fill=GREY, width=3)
        y += 22


def _line(draw: ImageDraw.ImageDraw, scale: _Scale, stands: Sequence[Stand]) -> None:
    """The steps: level while a grade stands, upright where the next inspection moved it."""
    for stand, following in zip(stands, (*stands[1:], None), strict=True):
        if stand.overall is None:
            continue
        x, y = scale.x(stand.day), _y(_step(stand.overall))
        end = scale.x(following.day if following else scale.last)
        draw.line((x, y, end, y), fill=BLACK, width=6)
        if following and following.overall:
            draw.line((end, y, end, _y(_step(following.overall))), fill=BLACK, width=6)
    for stand in stands:
        _dots(draw, scale.x(stand.day), stand)


def _dots(draw: ImageDraw.ImageDraw, x: float, stand: Stand) -> None:
    if stand.overall:
        _dot(draw, (x, _y(_step(stand.overall))), STEPS[_step(stand.overall)][2])
        return
    # Hollow, with the number of areas that stand there.
    for grade, number in stand.areas.items():
        y, ink = _y(_step(grade)), STEPS[_step(grade)][2]
        draw.ellipse((x - 23, y - 23, x + 23, y + 23), fill=PAPER, outline=ink, width=5)
        _words(draw, (x, y), str(number), SMALL, ink, "mm")


def _dot(draw: ImageDraw.ImageDraw, place: Point, ink: Ink) -> None:
    x, y = place
    draw.ellipse((x - DOT, y - DOT, x + DOT, y + DOT), fill=ink, outline=PAPER, width=3)


def _dates(draw: ImageDraw.ImageDraw, scale: _Scale, stands: Sequence[Stand]) -> None:
    """The month of each inspection beside its dot, and the grade's word where it is not that of its step.

    It stands on the side that the line neither comes from nor, at first, goes to.
    """
    taken: list[tuple[float, float, float]] = []
    before: int | None = None
    for stand, following in zip(stands, (*stands[1:], None), strict=True):
        # Of areas at several grades the best, so that the date stands over all of their dots.
        step = _step(stand.overall) if stand.overall else min(map(_step, stand.areas))
        falls = before is None and following and following.overall and _step(following.overall) > step
        over = not stand.overall or bool(falls) or (before is not None and step < before)
        before = _step(stand.overall) if stand.overall else None
        text = f"{stand.day:%b %Y}"
        if stand.overall is Grade.ADEQUATE:
            text = f"{words.GRADES[Grade.ADEQUATE]}, {text}"
        half = _width(text, SMALL) / 2
        x = min(max(scale.x(stand.day), LEFT + half + 4), WIDTH - RIGHT - half - 4)
        away = 38 if stand.overall else 43
        ways = (_y(step) - away, _y(step) + away)
        y = next((y for y in (ways if over else ways[::-1]) if _is_free(taken, x, y, half)), ways[not over])
        taken.append((x, y, half))
        _words(draw, (x, y), text, SMALL, BLACK, "mm", halo=STEPS[step][3])


def _is_free(taken: Iterable[tuple[float, float, float]], x: float, y: float, half: float) -> bool:
    return all(abs(x - other) > half + width + 8 or abs(y - level) > 30 for other, level, width in taken)


def _marks(draw: ImageDraw.ImageDraw, scale: _Scale, timeline: Timeline) -> None:
    for letter in timeline.letters:
        _mark(draw, scale.x(letter.day), flagged=bool(letter.report.priority_actions))
    for one in timeline.outcomes:
        _square(draw, scale.x(one.day), flagged=bool(one.report.priority_actions))


def _mark(draw: ImageDraw.ImageDraw, x: float, *, flagged: bool, y: float = MARKS) -> None:
    draw.line((x, y - 20, x, y + 16), fill=RED if flagged else BLACK, width=6)
    if flagged:
        _flag(draw, x, y)


def _square(draw: ImageDraw.ImageDraw, x: float, *, flagged: bool = False, y: float = MARKS) -> None:
    draw.rectangle((x - 12, y - 14, x + 12, y + 10), fill=PAPER, outline=RED if flagged else GREY, width=5)
    if flagged:
        _flag(draw, x, y)


def _flag(draw: ImageDraw.ImageDraw, x: float, y: float) -> None:
    draw.polygon(((x - 15, y - 18), (x, y - 44), (x + 15, y - 18)), fill=RED)


def _legend(draw: ImageDraw.ImageDraw, timeline: Timeline) -> None:
    """What the marks mean, of those that are there."""
    x = 44.0
    if timeline.letters:
        _mark(draw, x, flagged=False, y=LEGEND + 2)
        x = _explained(draw, x + 20, words.CHART_LETTER)
    if timeline.outcomes:
        _square(draw, x + 8, y=LEGEND + 2)
        x = _explained(draw, x + 32, words.CHART_SEND)
    if any(one.report.priority_actions for one in (*timeline.letters, *timeline.outcomes)):
        _flag(draw, x, LEGEND + 32)
        x = _explained(draw, x + 28, words.CHART_FLAGGED)
    if any(each.overall is None for each in timeline.stands):
        draw.ellipse((x - 4, LEGEND - 16, x + 28, LEGEND + 16), fill=PAPER, outline=GREY, width=4)
        _words(draw, (x + 12, LEGEND), "3", 24, GREY, "mm")
        _explained(draw, x + 42, words.CHART_AREAS)


def _explained(draw: ImageDraw.ImageDraw, x: float, text: str) -> float:
    _words(draw, (x, LEGEND), text, SMALL, GREY)
    return x + _width(text, SMALL) + 48
