import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);
const CHUNK = 64 * 1024;
const CHUNKS = 1024;
const chunk = (n) => Buffer.alloc(CHUNK, n % 251);

const socket = net.connect(port, '127.0.0.1');
socket.on('error', (error) => console.error(error.message));

const write = (bytes) => new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve())));

for (let n = 0; n < CHUNKS; n++) await write(chunk(n));
socket.end();
