"""Why the embedded broker cannot start.

BrokerUnusable (devices.errors)
├── PortTaken            another program listens there
├── AddressUnusable      this machine has no such address, or may not listen on that port
├── PlainTextRefused     reachable from outside, but without TLS
├── CertificateUnusable  the TLS certificate or its key cannot be read
└── MosquittoMissing     there is no Mosquitto to run on this machine
"""

from devices.errors import BrokerUnusable


class PortTaken(BrokerUnusable):
    """Another program listens on this port."""

    code = "port_taken"
    message_vi = "Cổng MQTT này đang có chương trình khác dùng. Hãy tắt nó hoặc chọn cổng khác."
    message_en = "Another program uses this MQTT port. Stop it or choose another port."


class AddressUnusable(BrokerUnusable):
    """This machine has no such address, or may not listen on that port."""

    code = "address_unusable"
    message_vi = "Không mở được địa chỉ MQTT này trên máy. Hãy kiểm tra địa chỉ và cổng."
    message_en = "This machine cannot listen on that MQTT address. Check the address and the port."


class PlainTextRefused(BrokerUnusable):
    """Reachable from other machines, but without TLS."""

    code = "plain_text_refused"
    message_vi = (
        "Máy chủ MQTT chỉ mở ra ngoài khi có TLS. Hãy thêm --tls-cert và --tls-key, "
        "hoặc dùng 127.0.0.1."
    )
    message_en = (
        "The MQTT broker opens to other machines only with TLS. Give --tls-cert and --tls-key, "
        "or use 127.0.0.1."
    )


class CertificateUnusable(BrokerUnusable):
    """The TLS certificate or its key cannot be read, or they do not belong together."""

    code = "certificate_unusable"
    message_vi = "Không dùng được chứng chỉ TLS hoặc khóa của nó. Hãy kiểm tra hai tệp này."
    message_en = "The TLS certificate or its key cannot be used. Check both files."


class MosquittoMissing(BrokerUnusable):
    """There is no Mosquitto to run on this machine."""

    code = "mosquitto_missing"
    message_vi = "Máy này chưa cài Mosquitto. Hãy cài gói mosquitto rồi chạy lại."
    message_en = "Mosquitto is not installed on this machine. Install it and start again."
