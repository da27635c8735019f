"""`loa found`: a commune's own station, asked for step by step or given whole by options."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from broadcaster.commands.reaching import asked, settings_for
from broadcaster.commands.setting_up import Address, Port, set_address

if TYPE_CHECKING:
    from broadcaster.processes.new_station import Founded, Founding, NewCluster
    from broadcaster.settings import Settings

Name = Annotated[str, typer.Option(help="Tên đài. / The station's name.")]
Commune = Annotated[str, typer.Option(help="Tên xã, phường. / The commune.")]
Province = Annotated[str, typer.Option(help="Tên tỉnh, thành phố. / The province.")]
Villages = Annotated[
    list[str] | None,
    typer.Option(
        "--villages",
        help="Một cụm và các thôn; lặp lại cho mỗi cụm: “Cụm Đông: Thôn Một 312/1184, Thôn Hai” "
        "(số hộ/số dân nếu biết). / A cluster and its villages, with households/residents.",
    ),
]
Admin = Annotated[
    str, typer.Option(help="Tên đăng nhập của người quản trị đầu tiên. / The first admin.")
]
AdminName = Annotated[str, typer.Option(help="Họ tên của người đó. / Their name.")]
Rehearsal = Annotated[
    bool, typer.Option("--rehearsal", help="Đài diễn tập, chỉ loa mô phỏng. / Simulated only.")
]
RootKeyFile = Annotated[
    Path | None,
    typer.Option(
        help="Ghi khóa gốc vào tệp mới này (chỉ chủ tệp đọc được) thay vì in ra. / "
        "Write the root key into this new file instead of printing it."
    ),
]


def found(
    *,
    name: Name = "",
    commune: Commune = "",
    province: Province = "",
    villages: Villages = None,
    admin: Admin = "",
    admin_name: AdminName = "",
    rehearsal: Rehearsal = False,
    address: Address = "",
    port: Port = 8443,
    root_key_file: RootKeyFile = None,
) -> None:
    """Lập đài mới của xã: hỏi từng mục, không ghi đè gì. / Found a commune's own station."""
    from broadcaster.processes.setting_up import read_names

    settings = settings_for(None)
    refuse_present(settings, root_key_file)
    founding = told_founding(
        name=name, commune=commune, province=province, rehearsal=rehearsal,
        clusters=villages or [], admin=admin, admin_name=admin_name,
    )  # fmt: skip
    address = address or optional("Địa chỉ cho máy khác, có thể để sau / Its address, or later")
    if address:
        read_names(address)
    founded = founded_now(settings, founding, root_key_file)
    if address:
        set_address(address=address, port=port, own_ca=True, name=founding.station.name)
        settings = settings_for(None)
    tell_what_comes_next(settings, founding, founded)


def refuse_present(settings: "Settings", root_key_file: Path | None) -> None:
    """Before anything is asked; raise AlreadyFounded, or KeysPresent for a root key's old file."""
    from broadcaster.keys import KeysPresent
    from broadcaster.processes.new_station import refuse_founded

    refuse_founded(settings)
    if root_key_file is not None and root_key_file.exists():
        raise KeysPresent(str(root_key_file))


def founded_now(
    settings: "Settings", founding: "Founding", root_key_file: Path | None
) -> "Founded":
    """Found it, and tell the root key before anything else can fail."""
    from broadcaster.processes.new_station import found as found_it

    founded = found_it(settings, founding, now=datetime.now(UTC))
    _tell_root_key(founded, root_key_file)
    return founded


def told_founding(
    *,
    name: str,
    commune: str,
    province: str,
    rehearsal: bool,
    clusters: Sequence[str],
    admin: str,
    admin_name: str,
) -> "Founding":
    """What the options say, and what somebody at the terminal adds; raise what is wrong with it."""
    from broadcaster.areas.registering import checked_name
    from broadcaster.founding import NewStation
    from broadcaster.processes.new_station import Founding, read_cluster

    commune = checked_name(commune or _asked("commune", "Tên xã, phường / The commune"))
    province = checked_name(province or _asked("province", "Tên tỉnh, thành phố / The province"))
    name = name or optional(f"Tên đài / The station's name [Đài truyền thanh {commune}]")
    read = [read_cluster(each) for each in clusters] or _asked_clusters()
    admin = admin or _asked("admin", "Tên đăng nhập của người quản trị / The first admin's login")
    admin_name = admin_name or optional("Họ tên người đó / Their name") or admin
    return Founding(
        station=NewStation(
            name=checked_name(name or f"Đài truyền thanh {commune}"),
            commune=commune,
            province=province,
            rehearsal=rehearsal,
        ),
        clusters=read,
        admin_username=admin,
        admin_name=admin_name,
    )


def _asked(option: str, words: str) -> str:
    """A line from whoever sits there; raise FoundingUntold where nobody does."""
    from broadcaster.processes.errors import FoundingUntold

    if not sys.stdin.isatty():
        raise FoundingUntold(f"--{option}", field=option)
    return asked(words, False)


def optional(words: str) -> str:
    """A line from whoever sits there, which may be empty; nothing where nobody does."""
    if not sys.stdin.isatty():
        return ""
    typed: str = typer.prompt(words, default="", show_default=False, err=True)
    return typed.strip()


def _asked_clusters() -> "list[NewCluster]":
    """Cluster by cluster until an empty line; what cannot be read is said and asked again."""
    from broadcaster.errors import BadInput
    from broadcaster.processes.new_station import read_cluster

    typed = _asked("villages", _HOW_TO_WRITE)
    found: list[NewCluster] = []
    while typed.strip() or not found:
        try:
            found.append(read_cluster(typed))
        except BadInput as refused:
            sys.stderr.write(f"✕ {refused.message_vi}\n  {refused.message_en}\n")
        typed = optional("Cụm nữa, để trống là hết / Another cluster, empty: no more")
    return found


_HOW_TO_WRITE = (
    "Cụm và các thôn, ví dụ “Cụm Đông: Thôn Một 312/1184, Thôn Hai” "
    "(số hộ/số dân nếu biết) / A cluster and its villages"
)


def _tell_root_key(founded: "Founded", file: Path | None) -> None:
    """Before anything else can fail: told once, or written; where it cannot be written, told."""
    from broadcaster.keys import KeysPresent
    from broadcaster.processes.new_station import write_root_key

    if file is not None:
        with suppress(OSError, KeysPresent):
            write_root_key(file, founded.root_told)
            sys.stdout.write(f"» Khóa gốc: chép ra giấy rồi hủy tệp / The root key: {file}\n")
            return
    sys.stdout.write(
        f"» Khóa gốc, chỉ in một lần / The root key, printed once\n    {founded.root_told}\n"
        "  Chép ra giấy, cất vào két: chỉ khóa này đổi hoặc thu hồi được khóa ký của đài.\n"
        "  Write it down for a safe: only this key changes or revokes the signing key.\n"
    )


def tell_what_comes_next(settings: "Settings", founding: "Founding", founded: "Founded") -> None:
    """The admin's link, and what to do then."""
    say = sys.stdout.write
    say(
        f"● {founding.station.name} ({founded.station_id})\n"
        f"» {founding.admin_username} đặt mật khẩu tại đây, một lần, trong 24 giờ / "
        f"chooses a password here, once, within 24 h\n"
        f"    {settings.station_url}/password/{founded.link}\n"
        "» Việc tiếp theo / What comes next\n"
        "    loa serve    chạy đài / run the station\n"
    )
    if not settings.pages_by_tls:
        say("    loa init     địa chỉ, HTTPS cho điện thoại và máy khác / address, HTTPS\n")
    say(
        "    Trong trang: thêm người ở Người dùng, thêm loa bằng mã QR ở Thiết bị.\n"
        "    In the pages: people, then loudspeakers by QR code.\n"
    )
