"""Reads a topic of Avro records with Confluent's client for Python, and prints a line of JSON for each.

Arguments: brokers, URL of the registry, topic, and for each partition `number:from:to`.
A value that JSON cannot tell from another is named by its type: {"double": 22.0}, {"timestamp-millis": 0}, {"date": 0}.
"""

import json
import sys
from datetime import date, datetime, timedelta, timezone

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def plain(value):
    if isinstance(value, datetime):
        return {"timestamp-millis": (value - EPOCH) // timedelta(milliseconds=1)}
    if isinstance(value, date):
        return {"date": (value - EPOCH.date()).days}
    if isinstance(value, float):
        return {"double": value}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return value


def main(brokers, registry, topic, *ranges):
    read = AvroDeserializer(SchemaRegistryClient({"url": registry}))
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "read-alerts",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "auto.offset.reset": "error",
        }
    )
    for number, start, end in (map(int, one.split(":")) for one in ranges):
        consumer.assign([TopicPartition(topic, number, start)])
        while True:
            message = consumer.poll(30)
            if message is None or message.error():
                sys.exit(f"partition {number}: {message.error() if message else 'nothing came'}")
            if message.offset() >= end:
                break
            value = read(message.value(), SerializationContext(topic, MessageField.VALUE))
            line = {
                "partition": number,
                "offset": message.offset(),
                "key": message.key().decode(),
                "value": plain(value),
            }
            print(json.dumps(line, ensure_ascii=False))
    consumer.close()


main(*sys.argv[1:])
