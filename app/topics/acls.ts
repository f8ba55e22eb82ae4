import { StreamsError } from '../../topology/model/errors.ts';
import { aclLines } from './acl-lines.ts';
import { roles } from './roles.ts';

export interface AclOptions {
  readonly application: string;
  /** Names of roles; none: all. */
  readonly only: readonly string[];
  /** `ROLE=USER`. */
  readonly users: readonly string[];
}

/**
 * The lines of the roles, a blank one between two. A role's user is `sepsis-ROLE` unless another is named.
 * @throws StreamsError `usage`: a role that there is not, a name that no principal or group can have.
 */
export function acls({ application, only, users }: AclOptions): string {
  if (!/^[\w.-]{1,100}$/.test(application))
    throw new StreamsError(
      'usage',
      `--application is ${application}: use letters, digits, dot, dash and underscore.`,
    );
  const all = roles(application);
  const known = (name: string): string => {
    if (all.some((role) => role.name === name)) return name;
    const names = all.map((role) => role.name).join(', ');
    throw new StreamsError('usage', `There is no role ${name}; there are ${names}.`);
  };
  const userOf = new Map(all.map(({ name }) => [name, `sepsis-${name}`]));
  for (const pair of users) {
    // A user known by a certificate is a distinguished name, such as CN=sepsis,O=Ward 7.
    const [, role = '', user = ''] = /^([^=]*)=([^'\p{Cc}]+)$/u.exec(pair) ?? [];
    if (user === '') throw new StreamsError('usage', `--user ${pair} is not ROLE=USER.`);
    userOf.set(known(role), user);
  }
  const chosen = new Set(only.map(known));
  return all
    .filter(({ name }) => chosen.size === 0 || chosen.has(name))
    .map((role) => `${aclLines(role, userOf.get(role.name) ?? '').join('\n')}\n`)
    .join('\n');
}
