"""What can stand between an event and whoever is to be told of it.

BadInput
├── WebhookUrlUnusable   422  not https, or an address that is never asked
├── WebhookNameUnusable  422
└── NoKind               422  no event was chosen, or one that there is not
NotFound
├── UnknownWebhook       404
└── UnknownDelivery      404
"""

from broadcaster.errors import BadInput, NotFound

NAME_LIMIT_CHARACTERS = 80


class WebhookUrlUnusable(BadInput):
    """Not https, or an address that is never asked."""

    code = "webhook_url_unusable"
    message_vi = (
        "Địa chỉ phải bắt đầu bằng https://, không kèm tên và mật khẩu; http:// chỉ dùng được cho "
        "máy này (127.0.0.1)."
    )
    message_en = (
        "The address must begin with https:// and hold no name and password; http:// only on this "
        "machine (127.0.0.1)."
    )


class WebhookNameUnusable(BadInput):
    """A name that cannot be listed."""

    code = "webhook_name_unusable"
    message_vi = "Hãy ghi tên hệ thống nhận tin, từ 1 đến 80 ký tự."
    message_en = "Name the system that is told, in 1 to 80 characters."


class NoKind(BadInput):
    """No event was chosen, or one that there is not; `detail` says what there is."""

    code = "no_kind"
    message_vi = "Hãy chọn ít nhất một việc có trong danh sách để báo."
    message_en = "Choose at least one of the listed events."


class UnknownWebhook(NotFound):
    """No webhook in use of this station."""

    code = "unknown_webhook"
    message_vi = "Không có địa chỉ nhận tin này ở đài. Hãy tải lại trang."
    message_en = "There is no such webhook at this station. Reload the page."


class UnknownDelivery(NotFound):
    """No delivery of this webhook."""

    code = "unknown_delivery"
    message_vi = "Không có lần gửi này. Hãy tải lại trang."
    message_en = "There is no such delivery. Reload the page."
