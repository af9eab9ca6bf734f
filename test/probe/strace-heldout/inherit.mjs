// A server's descriptor is inherited by a child, which listens on it by number.
// Missing: getsockopt (Node asks what the descriptor is before there is a handle)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';

if (process.argv[2] === 'child') {
  const server = net.createServer((socket) => {
    socket.end('from the heir');
    server.close();
  });
  server.listen({ fd: 3 }, () => console.log('listening'));
} else {
  const server = net.createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'child'], {
    stdio: ['ignore', 'pipe', 'inherit', server._handle],
  });
  await once(child.stdout, 'data');
  server.close();
  let text = '';
  for await (const chunk of net.connect(port, '127.0.0.1')) text += chunk;
  console.log(text);
  await once(child, 'close');
}
