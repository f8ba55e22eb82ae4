import type { Headers } from '../model/record.ts';

/** Header of what a state may be recalled from: the offset of the input that it was written for. */
export const CAUSE_HEADER = '__streams.input.offset';

const encoder = new TextEncoder();

export const causedBy = (offset: number): Headers => ({ [CAUSE_HEADER]: encoder.encode(String(offset)) });
