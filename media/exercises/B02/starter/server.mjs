// A server that answers lines of JSON. {"id":1,"text":"hello"} becomes {"id":1,"text":"HELLO"}. It works... mostly.
import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

function answer(message) {
  return { id: message.id, text: message.text.toUpperCase() };
}

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    const message = JSON.parse(data);
    socket.write(`${JSON.stringify(answer(message))}\n`);
  });
});

server.listen(port, '127.0.0.1');
