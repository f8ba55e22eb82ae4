/** How a client reaches brokers. */
export interface Access {
  readonly clientId: string;
  /** `host:port` of some brokers, from which the others are learned. */
  readonly bootstrap: readonly string[];
  /** TLS, when given: or what gives its certificates anew with each connection. */
  readonly tls?: TlsAccess | (() => TlsAccess);
  readonly sasl?: SaslAccess;
  /** Milliseconds to wait for an answer. */
  readonly requestTimeout: number;
  readonly connectTimeout: number;
  /** Milliseconds after which a group looks whether its topics have more partitions; 30,000 when not given. */
  readonly metadataMaxAge?: number;
}

/** Certificates and key in PEM. */
export interface TlsAccess {
  /** In place of the authorities of the system. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** A secret, or what gives it anew with each connection. */
export type Secret = string | (() => string);

export type SaslAccess =
  | {
      readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
      readonly username: string;
      readonly password: Secret;
    }
  | { readonly mechanism: 'OAUTHBEARER'; readonly token: Secret };

/** The certificates of now. */
export const certificatesOf = ({ tls }: Pick<Access, 'tls'>): TlsAccess | undefined =>
  typeof tls === 'function' ? tls() : tls;
