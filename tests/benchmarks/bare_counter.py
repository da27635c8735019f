"""`python -m tests.benchmarks.bare_counter PORT USER SECRET FILTER N`: counts N messages.

paho as it comes, acknowledging by itself, doing nothing with what it hears: the least that hearing
a message in Python costs. Prints a line when it is subscribed, and the instant of the last message.
"""

import json
import sys
import time

from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion


def main() -> int:
    """Subscribe, count, say when."""
    port, user, secret, topic_filter, wanted = sys.argv[1:]
    left = int(wanted)
    client = Client(CallbackAPIVersion.VERSION2, client_id=user, protocol=MQTTv311)

    def heard(*_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            _say({"event": "heard", "at_s": time.time(), "processor_s": time.process_time()})
            client.disconnect()

    client.username_pw_set(user, secret)
    client.on_connect = lambda *_: client.subscribe(topic_filter, qos=1)
    client.on_subscribe = lambda *_: _say({"event": "ready"})
    client.on_message = heard
    client.connect("127.0.0.1", int(port), keepalive=600)
    client.loop_forever()
    return 0


def _say(event: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
