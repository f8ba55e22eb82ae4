"""Reads the alerts topic from its beginning to its end, folds it to episodes, and prints a line of JSON for each.

    pip install -r requirements.txt
    python episodes.py BROKERS REGISTRY_URL
"""

import json
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

TOPIC = "clinical.alerts.sepsis"
PATIENCE = 30  # seconds


def consumer_of(brokers):
    return Consumer(
        {
            "bootstrap.servers": brokers,
            # A secured cluster: security.protocol, sasl.* and ssl.* stand here too.
            "isolation.level": "read_committed",
            "auto.offset.reset": "error",
            "enable.partition.eof": True,
            # The client wants a name, though nothing is committed.
            "group.id": "episodes",
            "enable.auto.commit": False,
        }
    )


def values(consumer):
    """The value of each committed record; those of one patient come in their order."""
    topic = consumer.list_topics(TOPIC, timeout=PATIENCE).topics[TOPIC]
    if topic.error:
        raise KafkaException(topic.error)
    consumer.assign([TopicPartition(TOPIC, partition, OFFSET_BEGINNING) for partition in topic.partitions])
    unread = set(topic.partitions)
    while unread:
        message = consumer.poll(PATIENCE)
        if message is None:
            sys.exit(f"nothing came in {PATIENCE} s")
        error = message.error()
        if error is None:
            if message.value() is not None:
                yield message.value()
        elif error.code() == KafkaError._PARTITION_EOF:
            unread.discard(message.partition())
        else:
            raise KafkaException(error)


def folded(alerts):
    """What is known of each alert: the last of its records; a retracted one is none."""
    held = {}
    for alert in alerts:
        if alert["status"] == "RETRACTED":
            held.pop(alert["alertId"], None)
        else:
            held[alert["alertId"]] = alert
    return held.values()


def iso(time):
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def episode(alert):
    return {
        "patient": alert["patient"],
        "start": iso(alert["start"]),
        "end": iso(alert["end"]),
        "peak": alert["peak"],
        "onset_met": sorted(alert["history"][0]["met"]),
    }


def main(brokers, registry):
    read = AvroDeserializer(SchemaRegistryClient({"url": registry}))
    context = SerializationContext(TOPIC, MessageField.VALUE)
    consumer = consumer_of(brokers)
    episodes = [episode(alert) for alert in folded(read(value, context) for value in values(consumer))]
    consumer.close()
    for one in sorted(episodes, key=lambda one: (one["patient"], one["start"])):
        print(json.dumps(one, ensure_ascii=False, separators=(",", ":")))


if len(sys.argv) != 3:
    sys.exit("usage: python episodes.py BROKERS REGISTRY_URL")
main(*sys.argv[1:])
