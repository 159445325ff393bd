"""The chapters, in the order they are played. A story of the design is a chapter here."""

from app.demo.chapters import dead_on_arrival, missing_widget, return_debt, silent_price_drop
from app.demo.scene import Chapter

CHAPTERS: tuple[Chapter, ...] = (
    missing_widget.CHAPTER,
    silent_price_drop.CHAPTER,
    dead_on_arrival.CHAPTER,
    return_debt.CHAPTER,
)
