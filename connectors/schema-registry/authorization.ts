/** HTTP basic authorization. The text is sent as UTF-8 (RFC 7617). */
export const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** A bearer token (RFC 6750). */
export const bearer = (token: string): string => `Bearer ${token}`;
