/** A topology and its tests as another package writes them: `npx node examples/word-count.ts`, or as plain JavaScript. */
// #region word-count
import { store, text, topic, topology } from 'sepsis-streams';
import { simulate, topologyTestDriver } from 'sepsis-streams/testing';

const words = topic('words', text);
const byWord = topic('words.by-word', text, { internal: true });
const counts = topic('counts', text);
const counted = store('counted', text, 1);

const wordCount = topology('word-count')
  .source('words', [words])
  .mapValues('read', ({ value }) => value ?? '')
  .repartition('by-word', byWord, (word) => word)
  .fold('count', counted, (before = '0') => {
    const count = String(Number(before) + 1);
    return [count, [count]];
  })
  .to('counts', counts);

const said = ['to', 'be', 'or', 'not', 'to', 'be'];

const driver = topologyTestDriver(wordCount, { partitions: 2 });
await driver.pipeAll(
  words,
  said.map((value) => ({ value })),
);
await driver.run();
console.log(Object.fromEntries(driver.readToMap(counts)));
await driver.close();

const input = said.map((word) => ({ topic: words.name, key: null, value: text.encode(word) }));
const report = await simulate(wordCount, input, { seed: 1 });
console.log(report.records('counts').length);
// #endregion
