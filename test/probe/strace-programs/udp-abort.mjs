// A datagram socket that a signal closes, one that is closed before it could send, a port in use.
import dgram from 'node:dgram';
import { once } from 'node:events';

const stop = new AbortController();
const first = dgram.createSocket({ type: 'udp4', signal: stop.signal });
first.bind(0, '127.0.0.1');
await once(first, 'listening');
const second = dgram.createSocket('udp4');
second.bind(first.address().port, '127.0.0.1');
console.log((await once(second, 'error'))[0].code);
second.close();
const third = dgram.createSocket('udp4');
third.send('a', first.address().port, '127.0.0.1');
console.log(String((await once(first, 'message'))[0]));
third.unref().ref();
third.close();
const closed = once(first, 'close');
stop.abort();
await closed;
console.log('closed');
