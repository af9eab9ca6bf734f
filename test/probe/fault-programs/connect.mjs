// Connects to a server; prints everything that the attempt leads to. Arguments: host, and `closed` for a port where nobody listens
// or `twice` for a host with two addresses.
import net from 'node:net';

const [host = '127.0.0.1', mode] = process.argv.slice(2);
const said = [];
const server = net.createServer((socket) => socket.resume().end('hi'));
server.listen(0, () => {
  const { port } = server.address();
  const go = () => {
    const lookup = (_name, _options, done) =>
      setImmediate(done, null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]);
    const client = net.connect({ port, host, ...(mode === 'twice' ? { lookup, autoSelectFamily: true } : {}) });
    for (const event of ['connectionAttempt', 'connectionAttemptFailed', 'connectionAttemptTimeout', 'lookup', 'connect', 'ready', 'end'])
      client.on(event, (address) => said.push(event === 'connectionAttempt' ? `${event} ${address}` : event));
    const errors = (error) => [
      error.code,
      error.syscall,
      error.errno,
      error.address,
      error.port === port,
      Object.keys(error).join(),
      error.name,
    ];
    client.on('error', (error) => said.push([...errors(error), ...(error.errors ?? []).map(errors)]));
    client.on('data', (data) => said.push(String(data)));
    client.on('close', (failed) => {
      said.push(`close ${failed}`);
      console.log(JSON.stringify({ said, connecting: client.connecting, bytes: [client.bytesRead, client.bytesWritten] }));
      server.close();
    });
    client.write('x');
  };
  if (mode === 'closed') server.close(go);
  else go();
});
