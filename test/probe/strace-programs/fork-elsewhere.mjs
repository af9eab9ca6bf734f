// Children in another folder, by fork with arguments for node, by exec of a shell that starts node.
import { exec, fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

if (process.argv[2] === undefined) {
  const server = net.createServer((peer) => {
    peer.once('data', (chunk) => peer.end(`seen ${chunk}`));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  const file = fileURLToPath(import.meta.url);
  const child = fork(file, [String(port), 'forked'], { cwd: tmpdir(), execArgv: ['--stack-trace-limit=3'], silent: true });
  child.send({ hello: 1 });
  await once(child, 'exit');
  const shell = exec(`cd / && "${process.execPath}" "${file}" ${port} shelled`);
  shell.stdout.on('data', (text) => process.stdout.write(text));
  await once(shell, 'exit');
  server.close();
} else {
  process.once('message', () => {
    process.send({ answer: 2 });
    process.disconnect();
  });
  const socket = net.connect(Number(process.argv[2]), '127.0.0.1');
  socket.write(process.argv[3]);
  console.log(String((await once(socket, 'data'))[0]), process.cwd() === process.env.PWD);
}
