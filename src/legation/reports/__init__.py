"""Reports: one content tree, written as a page, as text and as a workbook."""

from legation.reports.content import Document, build
from legation.reports.figures import Judged, Paper
from legation.reports.html import as_html
from legation.reports.text import as_text
from legation.reports.xlsx import write_xlsx

__all__ = ["Document", "Judged", "Paper", "as_html", "as_text", "build", "write_xlsx"]
