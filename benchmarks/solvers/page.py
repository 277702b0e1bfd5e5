"""Pieces of the report's HTML."""
import html


def table(head, rows):
    """Rows of cells: text, or (text, class), or ("#place", text) for a link within the page."""
    def cell(value):
        text, kind = value if isinstance(value, tuple) else (value, "")
        if str(text).startswith("#"):
            return f"<td><a href='{text}'>{html.escape(kind)}</a></td>"
        if kind == "code":
            return f"<td><code>{html.escape(text)}</code></td>"
        return f"<td class='{kind}'>{html.escape(str(text))}</td>"
    lines = ["<table><tr>" + "".join(f"<th>{html.escape(h)}</th>" for h in head) + "</tr>"]
    lines += ["<tr>" + "".join(map(cell, row)) + "</tr>" for row in rows]
    return "\n".join(lines) + "</table>"
