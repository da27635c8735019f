"""XML from strangers, read without ever following what it names.

No document type, so no entities; no network; no huge trees; no more bytes than a limit.
"""

from typing import Any

from lxml import etree

from broadcaster.alerts.errors import AlertTooLarge, AlertUnreadable

LARGEST_BYTES = 1024 * 1024
"""The largest document that is read, of alerts and of lists of them."""

Element = Any
"""Whatever comes from lxml, which has no types of its own."""


def read_xml(content: bytes) -> Element:
    """The root element; raise AlertTooLarge or AlertUnreadable."""
    if len(content) > LARGEST_BYTES:
        raise AlertTooLarge(field="file")
    try:
        root = etree.fromstring(content, parser=_parser())
    # A ValueError is what lxml says of some bytes instead of a syntax error.
    except (etree.LxmlError, ValueError) as error:
        raise AlertUnreadable(str(error)[:200], field="file") from error
    document = root.getroottree().docinfo
    if document.doctype or document.internalDTD is not None:
        raise AlertUnreadable("DOCTYPE", field="file")
    return root


def local_name(element: Element) -> str:
    """An element's name without its namespace."""
    return str(etree.QName(element).localname)


def namespace(element: Element) -> str:
    """An element's namespace; empty for none."""
    return str(etree.QName(element).namespace or "")


def _parser() -> Element:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
