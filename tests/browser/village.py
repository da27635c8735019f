"""A village head at the commune's site, for the stories about villages."""

from dataclasses import replace
from io import BytesIO

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from broadcaster.accounts.roles import Role
from tests.broadcaster.pages.commune import add_afternoon
from tests.browser.conftest import Site

VILLAGE = "dong-2"
PHONE = {"width": 360, "height": 640}
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def with_afternoon(site: Site) -> Site:
    """The commune on its afternoon, with a head in one village."""
    account, password = site.station.person("head", Role.VILLAGE_HEAD, village_ids=[VILLAGE])
    with site.station.database.writing() as session:
        add_afternoon(
            session,
            operator=site.accounts["operator"],
            leader=site.accounts["leader"],
            now=site.station.clock(),
        )
    return replace(
        site,
        accounts={**site.accounts, "head": account},
        passwords={**site.passwords, "head": password},
    )


def phone(
    browser: Browser, site: Site, *, script: bool = False, dark: bool = False
) -> BrowserContext:
    """A small phone in which nobody is signed in; an old one runs no script of ours."""
    return browser.new_context(
        base_url=site.address,
        viewport=PHONE,
        java_script_enabled=script,
        color_scheme="dark" if dark else "light",
        has_touch=True,
    )


def sign_in(page: Page, site: Site, name: str = "head") -> None:
    """Sign in from the page to which a stranger is led."""
    page.goto("/sign-in")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(site.passwords[name])
    page.get_by_role("button", name="Đăng nhập").click()


def photo_with_place() -> bytes:
    """A photo as a phone writes it: with where it was taken, and whose phone it was."""
    image = Image.new("RGB", (800, 600), (200, 80, 20))
    exif = Image.Exif()
    exif[0x010F] = "Máy của bà Tư"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (21.0, 1.0, 40.0), "E", (105.0, 50.0, 33.0)
    exif[0x8825] = dict(gps)
    made = BytesIO()
    image.save(made, "JPEG", exif=exif, comment=b"secret words")
    return made.getvalue()
