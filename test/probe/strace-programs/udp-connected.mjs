// Datagram sockets that connect, are told of a refusal, disconnect, connect elsewhere.
import dgram from 'node:dgram';
import { once } from 'node:events';

const one = dgram.createSocket('udp4');
const two = dgram.createSocket('udp4');
one.bind(0, '127.0.0.1');
two.bind(0, '127.0.0.1');
await Promise.all([once(one, 'listening'), once(two, 'listening')]);
one.connect(two.address().port, '127.0.0.1');
two.connect(one.address().port, '127.0.0.1');
await Promise.all([once(one, 'connect'), once(two, 'connect')]);
one.send('ping');
console.log(String((await once(two, 'message'))[0]), two.remoteAddress().port === one.address().port);
two.send([Buffer.from('po'), 'ng', Buffer.alloc(3)]);
console.log((await once(one, 'message'))[0].length);
two.close();
await once(two, 'close');
const refused = once(one, 'error');
one.send('nobody there');
console.log((await refused)[0].code);
one.disconnect();
const three = dgram.createSocket('udp4');
three.bind(0, '127.0.0.1');
await once(three, 'listening');
one.send('free again', three.address().port, '127.0.0.1');
console.log(String((await once(three, 'message'))[0]));
one.close();
three.close();
