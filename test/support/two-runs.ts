import { TraceBuilder } from './trace-builder';

const NAME = { address: '127.0.0.1', port: 8080 };
const MESSAGE = 'hello world';

/** A run of one connection whose message arrives in these pieces; the server answers nothing, the client closes first. */
export function messageRun(pieces: readonly number[]): { bytes: Uint8Array; reads: number[]; size: number } {
  const trace = new TraceBuilder();
  const server = trace.process(41 + pieces.length, 'server.mjs');
  const client = trace.process(61 + pieces.length, 'client.mjs');
  const { client: socket, accepted } = trace.pair(client, trace.listen(server, NAME), NAME);
  const text = new TextEncoder().encode(MESSAGE);
  trace.write(socket, text.length, { payload: text });
  let at = 0;
  const reads = pieces.map((size) => {
    at += size;
    return trace.read(accepted, size, { payload: text.subarray(at - size, at) });
  });
  trace.shutdown(socket);
  trace.end(accepted);
  trace.close(accepted);
  trace.end(socket);
  trace.close(socket);
  trace.exit(client);
  trace.exit(server);
  trace.encoder.end();
  return { bytes: trace.encoder.take(), reads, size: trace.store.size };
}
