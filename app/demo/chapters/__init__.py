"""The chapters, in the order they are played. A story of the design is a chapter here."""

from app.demo.chapters import dead_on_arrival, missing_widget, return_debt
from app.demo.scene import Chapter

CHAPTERS: tuple[Chapter, ...] = (
    missing_widget.CHAPTER,
    return_debt.CHAPTER,
    dead_on_arrival.CHAPTER,
)
