// Asks a server for one line, with three clocks: for the connection, for silence, and for the whole.
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const socket = net.connect(port, '127.0.0.1');
let text = '';

// Three different questions, so three clocks. Each ends in destroy(error): that closes the socket and gives one 'error' event.
const connecting = setTimeout(() => socket.destroy(new Error('connect timeout')), 500);
const deadline = setTimeout(() => socket.destroy(new Error('deadline')), 1500);

socket.setEncoding('utf8');
socket.on('connect', () => {
  clearTimeout(connecting);
  socket.write('hello\n');
  // From now on: nothing moved for half a second. The event only tells us; closing is our part.
  socket.setTimeout(500, () => socket.destroy(new Error('idle timeout')));
});
socket.on('data', (piece) => {
  text += piece;
  if (!text.includes('\n')) return;
  console.log(`result: ${text.trim()}`);
  socket.destroy();
});
socket.on('error', (error) => console.log(`error: ${error.message}`));
socket.on('close', () => {
  clearTimeout(connecting);
  clearTimeout(deadline);
});
