import { StreamsError } from '../../topology/model/errors.ts';
import type { Danger, Rise } from './danger.ts';

/** Why a page was sent. `again`: it stands for longer than an acknowledgement does, or was taken back and holds once more. */
export type PageCause = 'onset' | Rise | 'again';

/** Why a page was taken back. */
export type ResolveReason = 'window-emptied' | 'data-corrected' | 'merged' | 'discharged' | 'by-people';

/** Why nobody was paged. */
export type Suppression =
  | 'past-episode'
  | 'too-old'
  | 'refractory'
  | 'discharged'
  | 'resolved-before-sent'
  | 'merged'
  | 'key-refused'
  | 'refused';

/** One incident at PagerDuty. Times in epoch milliseconds. */
export interface Page {
  /** Deduplication key: the alert id, with a suffix for every page after the first. Never used for a second incident. */
  readonly key: string;
  /** Name of the routing key that it was sent to; never the key. */
  readonly alias: string;
  readonly cause: PageCause;
  /** Score that it was sent at. */
  readonly score: number;
  /** `refused`: it was never accepted, and never will be. */
  readonly state: 'open' | 'acknowledged' | 'resolved' | 'refused';
  readonly why?: ResolveReason;
  readonly sent: number;
  readonly acknowledged?: number;
  readonly resolved?: number;
}

/** What is said of an alert in the audit trail when no record of it is at hand. */
export interface AlertFacts {
  readonly rule: string;
  readonly ruleVersion: string;
  readonly score: number;
  readonly peak: number;
  readonly eventTime: number;
}

/** Nobody is paged before then but for something worse. */
export interface Held<Why extends string = Suppression | 'by-people'> {
  readonly why: Why;
  readonly until: number;
  /** Alert id of the last episode, whose page stands for this one. */
  readonly after?: string;
}

/** What the team was told of one alert. */
export interface AlertPages {
  readonly facts: AlertFacts;
  /** Whether the episode goes on, as of its last record. */
  readonly open: boolean;
  /** When its last record was written. */
  readonly seen: number;
  readonly pages: readonly Page[];
  /** The worst that the team was told of it, or that was held back; undefined: nothing yet. */
  readonly told?: Danger;
  readonly held?: Held;
  /** The last reason for not paging that was told. */
  readonly noted?: Suppression;
}

/** The episode of a rule that was paged for and ended last. */
export interface LastEpisode {
  /** Of an alert that is withdrawn nothing stands any more. None in what was kept before it was. */
  readonly alertId?: string;
  /** Its exclusive end, event time. */
  readonly end: number;
  readonly told: Danger;
  /** So long what the team was told stands for an episode that follows at once. */
  readonly until: number;
}

/** All that must be known of a patient's pages. Holds no patient data beside the ids and times of alerts and of the values told. */
export interface PatientPages {
  readonly version: 1;
  /** The last record of the alerts that was carried out, and the latest time that one of them bore. */
  readonly done: { readonly offset: number; readonly timestamp: number };
  readonly alerts: Readonly<Record<string, AlertPages>>;
  /** By rule. */
  readonly ended: Readonly<Record<string, LastEpisode>>;
}

/** What is about to be sent: written before it is, so that a crash in between is known. */
export interface Sending {
  readonly version: 1;
  /** The last record that it was decided from. */
  readonly upTo: number;
  /** When it was decided: decided at the same time, the same records give the same. */
  readonly now: number;
  /** Deduplication keys, and the names of the routing keys that they went to. */
  readonly aliases: Readonly<Record<string, string>>;
}

export const NO_PAGES: PatientPages = Object.freeze({
  version: 1,
  done: { offset: -1, timestamp: 0 },
  alerts: {},
  ended: {},
});

/** Key of a patient's record in the journal of the pages, and of what is about to be sent for him. */
export const SENDING_SUFFIX = '#sending';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const encodePages = (value: PatientPages | Sending): Uint8Array =>
  encoder.encode(JSON.stringify(value));

/** @throws StreamsError `pages-unreadable`: it is none, or of a later version. */
export const decodePages = (bytes: Uint8Array): PatientPages => versioned(bytes) as unknown as PatientPages;

/** @throws StreamsError `pages-unreadable`: it is none, or of a later version. */
export const decodeSending = (bytes: Uint8Array): Sending => versioned(bytes) as unknown as Sending;

function versioned(bytes: Uint8Array): object {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    if (typeof value === 'object' && value !== null && 'version' in value && value.version === 1)
      return value;
  } catch {
    // Said below.
  }
  throw new StreamsError('pages-unreadable', 'A record in the journal of the pages is of no known version.');
}
