// An echo client: sends two messages, reads what comes back, and says goodbye.
import net from 'node:net';

const port = Number(process.env.PORT ?? 8080);

const socket = net.connect(port, '127.0.0.1', () => {
  socket.write('hello, ');
  socket.write('socket!');
});

let received = 0;
socket.on('data', (chunk) => {
  received += chunk.length;
  console.log(`client: "${chunk}" came back`);
  if (received === 14) socket.end();
});
socket.on('error', (error) => console.log(`client: ${error.code}`));
socket.on('close', () => console.log('client: closed'));
