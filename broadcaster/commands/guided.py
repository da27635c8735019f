"""`loa init`: station, villages, address and first people in one go, asked for or given whole."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from broadcaster.commands.founding import (
    Admin,
    AdminName,
    Commune,
    Province,
    Rehearsal,
    RootKeyFile,
    Villages,
    founded_now,
    optional,
    refuse_present,
    tell_what_comes_next,
    told_founding,
)
from broadcaster.commands.reaching import settings_for, station
from broadcaster.commands.setting_up import (
    Address,
    BehindProxy,
    BrokerPort,
    GivenAuthority,
    GivenCertificate,
    GivenKey,
    Name,
    Own,
    Port,
    set_address,
)

if TYPE_CHECKING:
    from broadcaster.processes.first_people import NewPerson

Person = Annotated[
    list[str] | None,
    typer.Option(
        "--person",
        help="Người đầu tiên, lặp lại cho mỗi người: “hanh: Trần Thị Hạnh: operator”, trưởng thôn "
        "thêm “: Thôn Một”. / Somebody of the first people: login, name, roles, villages.",
    ),
]


def init(
    *,
    commune: Commune = "",
    province: Province = "",
    name: Name = "",
    villages: Villages = None,
    admin: Admin = "",
    admin_name: AdminName = "",
    rehearsal: Rehearsal = False,
    root_key_file: RootKeyFile = None,
    address: Address = "",
    port: Port = 8443,
    own_ca: Own = False,
    cert: GivenCertificate = None,
    key: GivenKey = None,
    ca: GivenAuthority = None,
    behind_proxy: BehindProxy = False,
    broker_port: BrokerPort = None,
    person: Person = None,
) -> None:
    """Dựng đài từng bước: đài, thôn, HTTPS, người. / Set up: station, villages, HTTPS, people.

    Chưa có đài thì hỏi từng mục rồi lập; đã có thì đặt địa chỉ, thêm người. Có đủ tùy chọn thì
    không hỏi gì. / Founds a station where none is; else sets its address, lets people in. With all
    options it asks nothing.
    """
    from broadcaster.processes.first_people import read_person
    from broadcaster.processes.setting_up import read_names

    people = [read_person(each) for each in person or []]
    if address:
        read_names(address)
    settings = settings_for(None)
    founding = founded = None
    if commune or (sys.stdin.isatty() and not person and not _is_founded()):
        refuse_present(settings, root_key_file)
        founding = told_founding(
            name=name, commune=commune, province=province, rehearsal=rehearsal,
            clusters=villages or [], admin=admin, admin_name=admin_name,
        )  # fmt: skip
        founded = founded_now(settings, founding, root_key_file)
        name = founding.station.name
    if founding and not address:
        address = optional("Địa chỉ cho máy khác, có thể để sau / Its address, or later")
    if address or not (founding or people):
        set_address(
            address=address, name=name, port=port,
            own_ca=own_ca or (founding is not None and cert is None),
            cert=cert, key=key, ca=ca, behind_proxy=behind_proxy, broker_port=broker_port,
        )  # fmt: skip
    if founding is not None and founded is not None:
        tell_what_comes_next(settings_for(None), founding, founded)
        people = people or _asked_people()
    if people:
        _let_in(people)


def _is_founded() -> bool:
    from broadcaster.processes.errors import NotFounded

    try:
        with station():
            return True
    except NotFounded:
        return False


def _asked_people() -> "list[NewPerson]":
    """One by one until an empty line; what cannot be read is said and asked again."""
    from broadcaster.errors import BadInput
    from broadcaster.processes.first_people import read_person

    people: list[NewPerson] = []
    while typed := optional(_HOW_TO_WRITE):
        try:
            people.append(read_person(typed))
        except BadInput as refused:
            sys.stderr.write(f"✕ {refused.message_vi}\n  {refused.message_en}\n")
    return people


_HOW_TO_WRITE = (
    "Một người, ví dụ “hanh: Trần Thị Hạnh: operator”, để trống là hết / "
    "Somebody of the first people, empty: no more"
)


def _let_in(people: "list[NewPerson]") -> None:
    """Let them in, and tell each one's link, once."""
    from broadcaster.processes.first_people import admit

    url = settings_for(None).station_url
    with station() as (database, station_id):
        admitted = admit(database, people, station_id=station_id, now=datetime.now(UTC))
    sys.stdout.write(
        "» Mỗi người đặt mật khẩu tại đây, một lần, trong 24 giờ / "
        "Each chooses a password here, once, within 24 h\n"
    )
    for each in admitted:
        sys.stdout.write(f"    {each.username}  {url}/password/{each.link}\n")
