import { describe, expect, test } from 'vitest';
import { milliseconds } from '../../../topology/model/time.ts';
import { type Law, whyNot } from '../../conformance/kafka-driver/law.ts';
import { LAWS } from '../../conformance/kafka-driver/laws.ts';
import { type Defect, DressedDriver } from './broken/dressed-driver.ts';
import * as membership from './broken/membership.ts';
import * as ownRecords from './broken/own-records.ts';
import * as reading from './broken/reading.ts';
import * as writing from './broken/writing.ts';
import { acrossANetwork, type Dress } from './cluster-under-test.ts';

const DEFECTS: readonly Defect[] = [
  [
    reading.leaksAborted,
    'leaks aborted records',
    'what is committed is visible and what is aborted never is',
    /deeply equal/,
  ],
  [
    reading.leaksAborted,
    'leaks aborted records',
    'an aborted transaction that is larger than a fetch is hidden whole',
    /deeply equal/,
  ],
  [
    reading.leaksAborted,
    'leaks aborted records',
    'a fetch may begin inside an aborted transaction, or at its marker',
    /from 1/,
  ],
  [
    reading.keepsOneAbortedRange,
    'keeps one aborted range',
    'many aborts of one producer in one fetch leak nothing and hide nothing',
    /deeply equal/,
  ],
  [
    reading.keepsOneAbortedRange,
    'keeps one aborted range',
    'the outcome of one producer is not that of the others that write between',
    /deeply equal/,
  ],
  [
    reading.hidesBetweenAborted,
    'hides what lies between aborted records',
    'the outcome of one producer is not that of the others that write between',
    /deeply equal/,
  ],
  [
    reading.stopsAtControlRecords,
    'stops at control records',
    'positions pass control records, also where nothing else comes',
    /a position of 4/,
  ],
  [
    reading.pausesNothing,
    'pauses nothing',
    'a paused partition gives nothing until it is sought, and the others go on',
    /deeply equal/,
  ],
  [
    reading.losesNullValues,
    'gives an empty value for null',
    'keys, values, headers and timestamps come back as they were given, byte for byte',
    /deeply equal/,
  ],
  [
    reading.readsHeadersAsText,
    'reads headers as text',
    'keys, values, headers and timestamps come back as they were given, byte for byte',
    /deeply equal/,
  ],
  [
    reading.readsUnstableOffsets,
    'reads unstable offsets',
    'offsets are read when the transaction that moves them is decided',
    /expected 10 to be 20/,
  ],
  [
    reading.goesToTheStartSilently,
    'goes to the start when a position is out of range',
    'a position outside of the log is `log-truncated` and never silence',
    /word of position 0/,
  ],
  [
    reading.readsBeyondTheEnd,
    'reads beyond the end',
    'a read gives what lies from its start up to its end, and no record twice',
    /deeply equal/,
  ],
  [
    membership.stampsTheLatestAssignment,
    'stamps stale batches with the new assignment',
    'an answer that comes after a rebalance bears the assignment it was asked under',
    /to be/,
  ],
  [
    membership.doesNotAwaitRevocation,
    'does not await the revocation',
    'nobody gets a partition before its owner has finished giving it up',
    /deeply equal/,
  ],
  [
    membership.tellsNoLoss,
    'tells no loss',
    'a member that slept through its session wakes up fenced and is told that all is lost',
    /word of the loss/,
  ],
  [
    membership.staysWhenClosed,
    'stays in the group when closed',
    'a member that closes hands over at once, and is not told to give up',
    /one generation/,
  ],
  [
    membership.leavesWhateverIsSaid,
    'leaves the group where it should remain',
    'a static member that closes and remains keeps its place: back under its slot it has its partitions, and nobody else stops',
    /to be/,
  ],
  [
    membership.forgetsTheSlot,
    'forgets the slot',
    'a static member that comes back takes its own partitions, and nobody else stops',
    /one generation|deeply equal|to be/,
  ],
  [
    membership.forgetsTheSlot,
    'forgets the slot',
    'of two processes under one slot name the older one is fenced, and its polls say so',
    /one generation|instance-fenced/,
  ],
  [
    membership.beatsOnlyWhenPolled,
    'beats only when polled',
    'the work on a long batch does not end the membership',
    /to be/,
  ],
  ...ownRecords.OWN_RECORDS,
  [
    writing.commitsWithoutGeneration,
    'commits without a generation',
    'offsets under a generation that has gone are refused, in a transaction and outside',
    /generation-fenced/,
  ],
  [
    writing.takesALostAnswerForSuccess,
    'takes a lost answer for success',
    'a lost request to commit is `commit-unknown`, and the committed offset tells that it does not stand',
    /commit-unknown/,
  ],
  [
    writing.takesASendForDone,
    'takes every send for done',
    'exactly once through a lost request: produce',
    /deeply equal/,
  ],
  [
    writing.keepsTheFirstOffsetsOnly,
    'keeps the first offsets of a transaction only',
    'sends and offsets that are under way at once are all in the transaction',
    /deeply equal/,
  ],
  [
    writing.swallowsAborts,
    'commits where it should abort',
    'outputs of several topics and offsets stand or fall together',
    /deeply equal/,
  ],
  [
    writing.fencesNobody,
    'fences nobody',
    'a producer is fenced by a newer one of its id, which aborts what it left open',
    /fenced/,
  ],
  [
    writing.fencesNobody,
    'fences nobody',
    'a crash before the commit leaves nothing, once a producer of the same id has taken over',
    /the committed offset|last record of the log/,
  ],
  [
    writing.fencesNobody,
    'fences nobody',
    'offsets that a zombie left pending are decided when a newer producer of its id begins, and it commits no more of them',
    /unstable-offsets|is not decided|took too long/,
  ],
  [
    writing.spreadsByLength,
    'places keys by another hash',
    'a key goes where the Java client sends it',
    /deeply equal/,
  ],
  [
    writing.countsPartsFromTheFirst,
    'counts on from the first part of a send, whoever writes between',
    'a send says where each of its records stands',
    /deeply equal/,
  ],
];

const lawOf = (rule: string): Law => {
  const found = Object.values(LAWS)
    .flat()
    .find((law) => law.rule === rule);
  if (found === undefined) throw new Error(`There is no law "${rule}".`);
  return found;
};

/** Checks one law on a driver that is dressed so. What is wrong need not be waited for as long as what is right. */
async function checked(rule: string, dress: Dress, patience?: number): Promise<void> {
  const under = await acrossANetwork(dress, patience === undefined ? undefined : milliseconds(patience));
  try {
    expect(whyNot(lawOf(rule), under)).toBeUndefined();
    await lawOf(rule).check(under);
  } finally {
    await under.close();
  }
}

/** What the error says, and the one that it wraps. */
async function saidOf(work: Promise<void>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? `${error.message}\n${String(error.cause)}` : String(error);
  }
  return 'nothing';
}

describe('the suite of the Kafka drivers catches one that', () => {
  for (const [dress, name, rule, says] of DEFECTS) {
    test(`${name}, by the law: ${rule}`, async () => {
      expect(await saidOf(checked(rule, dress, 1_500))).toMatch(says);
    });
  }
});

test('no law catches a driver for being dressed', async () => {
  for (const rule of new Set(DEFECTS.map(([, , rule]) => rule))) {
    await checked(rule, (driver) => new DressedDriver(driver));
  }
});
