// Since: 22
// A hand-made WebSocket server; Node's own client.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const frame = (opcode, data) => {
  const head =
    data.length < 126 ? Buffer.from([0x80 | opcode, data.length]) : Buffer.from([0x80 | opcode, 126, data.length >> 8, data.length & 255]);
  return Buffer.concat([head, data]);
};
const server = http.createServer();
server.on('upgrade', (req, socket) => {
  const accept = createHash('sha1')
    .update(req.headers['sec-websocket-key'] + GUID)
    .digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 6) {
      const opcode = bytes[0] & 15;
      let length = bytes[1] & 127;
      let at = 2;
      if (length === 126) {
        length = bytes.readUInt16BE(2);
        at = 4;
      }
      if (bytes.length < at + 4 + length) return;
      const mask = bytes.subarray(at, at + 4);
      const data = Buffer.from(bytes.subarray(at + 4, at + 4 + length).map((b, i) => b ^ mask[i & 3]));
      bytes = bytes.subarray(at + 4 + length);
      socket.write(frame(opcode, data));
      if (opcode === 8) socket.end();
    }
  });
  socket.on('error', () => {});
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const client = new WebSocket(`ws://127.0.0.1:${server.address().port}/`);
await once(client, 'open');
for (const text of ['short', 'long '.repeat(100)]) {
  client.send(text);
  const [event] = await once(client, 'message');
  console.log(event.data.length);
}
client.close(1000, 'enough');
await once(client, 'close');
server.close();
