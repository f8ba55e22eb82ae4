import { expect } from 'vitest';
import { type Law, law } from './law.ts';
import { at, codeOf, readNow, record, textOf } from './records.ts';

/** Topics and offsets, asked of outside of any group. */
export const admin: readonly Law[] = [
  law('a topic that cannot be made is told, also beside one that is there already', [], async (under) => {
    const topic = await under.topic();
    const admin = under.driver().admin();
    const [there, impossible] = [
      { name: topic, partitions: 1 },
      { name: 'no name/of a topic', partitions: 1 },
    ];
    expect(await codeOf(admin.createTopics([there, impossible]))).toBe('configuration');
    expect(await codeOf(admin.createTopics([impossible, there]))).toBe('configuration');
    expect(await codeOf(admin.createTopics([there]))).toBe('no error');
  }),

  law('a topic that does not exist is left out of the partitions', [], async (under) => {
    const topic = await under.topic(3);
    const found = await under
      .driver()
      .admin()
      .partitions([under.fresh('nowhere'), topic]);
    expect([...found]).toEqual([[topic, 3]]);
    expect((await under.driver().admin().partitions([])).size).toBe(0);
  }),

  law('making a topic that is there changes nothing', [], async (under) => {
    const topic = await under.topic(2);
    await under
      .driver()
      .producer()
      .send(topic, [record('stays', { partition: 1 })]);
    const ports = under.driver().admin();
    const fresh = under.fresh('topic');
    await ports.createTopics([
      { name: topic, partitions: 5 },
      { name: fresh, partitions: 1 },
    ]);
    expect(await ports.partitions([topic, fresh])).toEqual(
      new Map([
        [topic, 2],
        [fresh, 1],
      ]),
    );
    expect((await readNow(under.driver(), at(topic, 1))).map(textOf)).toEqual(['stays']);
  }),

  law('an empty partition begins and ends at 0', [], async (under) => {
    const topic = await under.topic();
    expect(await under.driver().admin().offsets(at(topic))).toEqual({ start: 0, end: 0 });
  }),

  law('a group that nobody knows has committed nothing', [], async (under) => {
    const topic = await under.topic();
    const committed = await under
      .driver()
      .admin()
      .committed(under.fresh('group'), [at(topic)]);
    expect(committed.size).toBe(0);
  }),

  law('a driver with transactions gives them, and one without refuses them at once', [], async (under) => {
    const driver = under.driver();
    const options = { transactionalId: under.fresh('id'), timeout: under.sessionTimeout };
    const given = async (): Promise<unknown> => driver.transactions(options);
    expect(await codeOf(given())).toBe(driver.capabilities.transactions ? 'no error' : 'capability-missing');
  }),
];
