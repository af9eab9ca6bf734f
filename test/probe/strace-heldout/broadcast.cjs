// Datagrams to everybody on the loopback network and sends that nobody waits for.
const dgram = require('node:dgram');
const { once } = require('node:events');

(async () => {
  const listener = dgram.createSocket({ type: 'udp4', reuseAddr: true }).bind(0);
  await once(listener, 'listening');
  const { port } = listener.address();
  const speaker = dgram.createSocket('udp4');
  await new Promise((done) => speaker.bind(done));
  speaker.send('not allowed yet', port, '127.255.255.255', (error) => console.log(error?.code));
  speaker.setBroadcast(true);
  const heard = once(listener, 'message');
  speaker.send(Buffer.from('xxhello allxx'), 2, 9, port, '127.255.255.255');
  console.log(String((await heard)[0]));
  for (let i = 0; i < 5; i++) speaker.send(`fire ${i}`, port, '127.0.0.1');
  let count = 0;
  listener.on('message', (message) => {
    if (!String(message).startsWith('fire')) return;
    if (++count === 5) listener.close();
  });
  speaker.unref();
  await once(listener, 'close');
  speaker.close();
})();
