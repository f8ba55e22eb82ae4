import { describe, expect, test } from 'vitest';
import { lookOf } from '../../../app/console/look.ts';

const UTF8 = { LANG: 'en_US.UTF-8', TERM: 'xterm-256color' };

describe('what the terminal can show', () => {
  test('a UTF-8 terminal gets colour and Unicode', () => {
    expect(lookOf(UTF8, true)).toEqual({ colour: true, unicode: true });
  });

  test.each([
    ['NO_COLOR with any text', { ...UTF8, NO_COLOR: '0' }, true, false],
    ['NO_COLOR beats FORCE_COLOR', { ...UTF8, NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['an empty NO_COLOR says nothing', { ...UTF8, NO_COLOR: '' }, true, true],
    ['a pipe', UTF8, false, false],
    ['a pipe with FORCE_COLOR', { ...UTF8, FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0 forces nothing', { ...UTF8, FORCE_COLOR: '0' }, false, false],
    ['a dumb terminal', { ...UTF8, TERM: 'dumb' }, true, false],
  ])('%s decides about colour', (_what, environment, isTerminal, colour) => {
    expect(lookOf(environment, isTerminal).colour).toBe(colour);
  });

  test.each([
    ['C locale', { LANG: 'C' }, false],
    ['no locale at all', {}, false],
    ['C.utf8', { LANG: 'C.utf8' }, true],
    ['LC_ALL beats LANG', { LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, false],
    ['an empty LC_ALL is none', { LC_ALL: '', LANG: 'de_DE.UTF-8' }, true],
    ['LC_CTYPE beats LANG', { LC_CTYPE: 'en_US.UTF-8', LANG: 'C' }, true],
    ['Windows Terminal', { WT_SESSION: '1' }, true],
    ['the Linux console has no such font', { LANG: 'en_US.UTF-8', TERM: 'linux' }, false],
  ])('%s decides about Unicode', (_what, environment, unicode) => {
    expect(lookOf(environment, true).unicode).toBe(unicode);
  });
});
