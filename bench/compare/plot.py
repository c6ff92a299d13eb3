"""Bars as SVG: one panel a frame size, one bar a recorder."""

import html

_COLOURS = ("#1b6ca8", "#8a8a8a", "#d1495b", "#edae49", "#66a182", "#7a5195", "#2f4b7c")
_BAR, _GAP, _PANEL_GAP, _HEIGHT, _LEFT, _TOP = 46, 6, 40, 220, 20, 70


def _text(x, y, text, size=11, anchor="middle", colour="#222"):
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">{html.escape(text)}</text>'


def _panel(x, title, values, notes):
    highest = max(values.values(), default=0) or 1
    parts = [_text(x, _TOP - 26, title, 13, "start")]
    for i, (name, value) in enumerate(values.items()):
        left, height = x + i * (_BAR + _GAP), _HEIGHT * value / highest
        top = _TOP + _HEIGHT - height
        colour = _COLOURS[i % len(_COLOURS)]
        size = f'width="{_BAR}" height="{height:.1f}"'
        parts.append(f'<rect x="{left}" y="{top:.1f}" {size} fill="{colour}"/>')
        parts.append(_text(left + _BAR / 2, round(top - 5, 1), f"{value:.3g}"))
        parts.append(_text(left + _BAR / 2, _TOP + _HEIGHT + 14, notes.get(name, ""), 10, colour="#b00"))
    return parts, len(values) * (_BAR + _GAP)


def bars(title, panels):
    """`panels` are (title, {recorder: value}, {recorder: note below its bar})."""
    parts, x = [], _LEFT
    for panel in panels:
        drawn, width = _panel(x, *panel)
        parts += drawn
        x += width + _PANEL_GAP
    for i, name in enumerate(panels[0][1]):
        at = _LEFT + i * 130
        colour = _COLOURS[i % len(_COLOURS)]
        parts.append(f'<rect x="{at}" y="{_TOP + _HEIGHT + 28}" width="12" height="12" fill="{colour}"/>')
        parts.append(_text(at + 17, _TOP + _HEIGHT + 38, name, 12, "start"))
    width, height = max(x, _LEFT + 130 * len(panels[0][1])), _TOP + _HEIGHT + 55
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>', _text(_LEFT, 24, title, 15, "start"),
        *parts, "</svg>",
    )) + "\n"  # fmt: skip
