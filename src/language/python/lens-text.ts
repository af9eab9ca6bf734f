/** What a Python socket call leads to, in one line, from the source alone. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { reach } from '../../knowledge';
import type { Transport } from './infer';
import { named } from './names';

/** Null when the call has no lens. `list`: its arguments, null while they are being typed. */
export function pythonLens(name: string, list: Node | null, transport: Transport): string | null {
  const given = list ? named(list) : [];
  const datagram = transport === 'datagram';
  const first = given[0]?.type === 'keyword_argument' ? null : (given[0] ?? null);
  switch (name) {
    case 'socket':
      return datagram ? 'socket: a UDP socket, without an address yet' : 'socket: in the kernel at once, without an address yet';
    case 'bind':
      return join('bind', address(first, true));
    case 'listen':
      return first?.type === 'integer'
        ? `listen(${first.text}): the kernel completes handshakes, about ${first.text} may wait`
        : 'listen: the kernel completes handshakes from now on';
    case 'accept':
      return 'accept: waits for a finished handshake, returns a new socket';
    case 'create_server':
      return join('socket → bind → listen', address(first, true));
    case 'create_connection':
      return join('getaddrinfo → socket → connect', address(first, false));
    case 'connect':
    case 'connect_ex':
      return join(datagram ? 'connect: only remembers the peer' : 'connect: waits for the handshake', address(first, false));
    case 'send':
      return datagram ? 'one datagram, may vanish' : 'copied to the kernel, maybe only a part: look at the result';
    case 'sendall':
      return datagram ? 'one datagram, may vanish' : 'copied to the kernel until all is taken';
    case 'sendto':
    case 'sendmsg':
      return datagram ? 'one datagram, may vanish' : null;
    case 'recv':
    case 'recv_into':
      return datagram
        ? 'one datagram'
        : first?.type === 'integer'
          ? `1 to ${first.text} bytes, any part of a message; 0 is the end`
          : 'any part of a message; 0 bytes is the end';
    case 'recvfrom':
    case 'recvfrom_into':
    case 'recvmsg':
      return datagram ? 'one datagram and who sent it' : null;
    case 'shutdown':
      return /SHUT_WR$/.test(first?.text ?? '') || first?.text === '1' ? 'FIN after the queued bytes; reading still works' : null;
    case 'close':
      return datagram ? null : 'close: FIN, or RST if bytes are unread';
    default:
      return null;
  }
}

const join = (chain: string, where: string | null): string => (where ? `${chain} · ${where}` : chain);

/** `('127.0.0.1', 8080)` in words; null when it is not written there. */
function address(node: Node | null, local: boolean): string | null {
  if (node?.type !== 'tuple') return null;
  const [hostNode, portNode] = named(node);
  const host = hostNode?.type === 'string' && !hostNode.descendantsOfType('interpolation').length ? hostNode.text.slice(1, -1) : null;
  const port = portNode?.type === 'integer' ? Number(portNode.text.replaceAll('_', '')) : null;
  if (host === null || port === null || /[\\'"]/.test(host)) return null;
  if (!local) return `to ${host.includes(':') ? `[${host}]` : host}:${port}`;
  const any = host === '' ? '0.0.0.0' : host;
  const who = reach(any, false);
  return `${port === 0 ? 'a port that the system chooses, on' : `port ${port} on`} ${any}${who ? ` (${who})` : ''}`;
}
