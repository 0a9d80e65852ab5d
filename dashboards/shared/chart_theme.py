"""The theme of charts on both sites: colours, font, margins. No data here."""

from __future__ import annotations

from typing import Any

COLOURS = ("#1d4f5c", "#b07d2b", "#5b7f5e", "#9b2a22", "#6a5b8c", "#7a8a86")
FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'


def themed(figure: Any, y_title: str = "", height: int = 320) -> Any:
    """Apply the theme of both sites to a Plotly figure and return it."""
    figure.update_layout(
        colorway=list(COLOURS),
        font={"family": FONT, "size": 15, "color": "#1f2d2f"},
        paper_bgcolor="#ffffff",
        plot_bgcolor="#ffffff",
        height=height,
        margin={"l": 60, "r": 20, "t": 20, "b": 50},
        hoverlabel={"font": {"family": FONT, "size": 15}},
        legend={"orientation": "h", "y": -0.2},
        yaxis={"title": y_title, "gridcolor": "#e5e1d6", "zerolinecolor": "#a9a392", "rangemode": "tozero"},
        xaxis={"gridcolor": "#ffffff", "type": "category"},
    )
    return figure
