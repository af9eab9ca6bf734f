// Asks a server for one line. A server that is far away, silent or slow must not make us wait for ever.
//   no connection within 0.5 s                 print "error: connect timeout"
//   nothing received for 0.5 s                 print "error: idle timeout"
//   the whole line not there 1.5 s after start  print "error: deadline"
//   the line                                  print "result: " and the line
// Exactly one of these is printed, then the program ends by itself.
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

const socket = net.connect(port, '127.0.0.1');
let text = '';

socket.setTimeout(500);
socket.setEncoding('utf8');
socket.on('connect', () => socket.write('hello\n'));
socket.on('data', (piece) => {
  text += piece;
  if (text.includes('\n')) {
    console.log(`result: ${text.trim()}`);
    socket.end();
  }
});
socket.on('error', (error) => console.log(`error: ${error.message}`));
