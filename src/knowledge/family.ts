import type { Protocol } from '../contracts/trace';

/** What a socket is of: the same call means different things. */
export type Family = 'tcp' | 'udp' | 'unix';

/** The family of a protocol. */
export const familyOf = (protocol: Protocol): Family => (protocol === 'unix' ? 'unix' : protocol.startsWith('udp') ? 'udp' : 'tcp');
