import assert from 'node:assert/strict';
import { API_IDS, addressEntry, ERRNO_CARDS, optionEntry, portEntry } from '../../src/knowledge';
import { markdown, TestClient } from './lsp-client';
import { placeAt } from './support';

const HEAD =
  "import net from 'net'; import dgram from 'dgram'; import fs from 'fs';\nconst s = net.createServer(), c = net.connect(1), u = dgram.createSocket('udp4');\n";

/** `|` is the pointer; then how the hover begins, null for none. */
const POINTERS: [code: string, begins: string | null][] = [
  // Options, in the call, by shorthand, and in an object that a constant holds.
  ['net.createServer({ allow|HalfOpen: true })', '**`allowHalfOpen`** What happens when the other side has sent its FIN.'],
  ['net.createServer({ allowHalfOpen: tr|ue })', '**`allowHalfOpen`**'],
  ['new net.Socket({ allow|HalfOpen: true })', '**`allowHalfOpen`**'],
  ['const o = { back|log: 5 }; s.listen(o)', '**`backlog`** How many finished connections'],
  ['const port = 1; s.listen({ po|rt })', '**`port`** The port'],
  ['s.listen(1, "::", 1|0)', '**`backlog`**'],
  ['s.listen({ port: 1, reuse|Port: true })', '**`reusePort`** Several sockets'],
  ['s.listen({ port: 1, excl|usive: true })', '**`exclusive`** Only matters in a worker'],
  ['s.listen({ port: 1, ipv6|Only: true })', '**`ipv6Only`**'],
  ['net.createServer({ noDe|lay: true })', "**`noDelay`** Nagle's algorithm off"],
  ['net.createServer({ keep|Alive: true })', '**`keepAlive`** TCP keep-alive'],
  ['net.createServer({ high|WaterMark: 1 })', '**`highWaterMark`** The mark in bytes'],
  ['net.connect({ port: 1, auto|SelectFamily: false })', '**`autoSelectFamily`**'],
  ['net.connect({ port: 1, local|Port: 5 })', '**`localPort`**'],
  ['net.connect({ pa|th: "/x" })', '**`path`** A Unix-domain socket'],
  ["dgram.createSocket('ud|p4')", '**`type`** `udp4` or `udp6`'],
  ["dgram.createSocket({ type: 'udp4', reuse|Addr: true })", '**`reuseAddr`**'],
  // Addresses: what they mean depends on the end.
  ["s.listen(1, '0.0|.0.0')", '**`0.0.0.0`** Every IPv4 address of this machine.'],
  ["net.connect(1, '0.0|.0.0')", '**`0.0.0.0`** No address of a machine'],
  ["s.listen({ port: 1, host: ':|:' })", '**`::`** Every address of this machine, IPv6'],
  ["net.connect(1, 'local|host')", '**`localhost`** A name, looked up first: `::1`, `127.0.0.1` or both'],
  ["net.connect({ port: 1, host: '127|.0.0.1' })", '**`127.0.0.1`** This machine, over IPv4.'],
  ["s.listen(1, '127|.0.0.1')", '**`127.0.0.1`** Only programs on this machine'],
  ["u.bind(1, '127|.0.0.1')", '**`127.0.0.1`** Only programs on this machine'],
  ["u.send('x', 9, ':|:1')", '**`::1`** This machine, over IPv6.'],
  ["net.connect(1, '192.168.|1.7')", '**`192.168.1.7`** A private address'],
  ["net.connect(1, 'exam|ple.com')", null],
  // Ports.
  ['s.listen(|0)', '**`0`** Port 0: the system chooses a free one.'],
  ['s.listen(8|0)', '**`80`** A system port (0 to 1023), by custom HTTP.'],
  ['net.connect(4|43, "x")', '**`443`** A system port (0 to 1023), by custom HTTPS.'],
  ['net.connect({ port: 54|32 })', '**`5432`** A user port (1024 to 49151), by custom PostgreSQL.'],
  ['s.listen(5|0_000)', '**`50000`** A dynamic port (49152 to 65535).'],
  ['u.send("x", 5|3, "h")', '**`53`** A system port (0 to 1023), by custom DNS.'],
  ['u.send(b, 0, 1, 5|3, "h")', '**`53`**'],
  ['u.send(b, |0, 1, 53, "h")', null],
  // Error codes.
  ["s.on('error', (e) => e.code === 'EADDR|INUSE')", '**`EADDRINUSE`** Another live socket'],
  ["switch (x.code) { case 'ECONN|RESET': }", '**`ECONNRESET`** The peer sent RST'],
  ["x === 'ERR_STREAM_|DESTROYED'", '**`ERR_STREAM_DESTROYED`**'],
  ["x === 'ENOPE|NOPE'", null],
  ["s.on('error', (e) => e.message === 'socket| hang up')", '**`socket hang up`** An HTTP client lost'],
  ["s.on('error', (e) => e.name === 'Aggregate|Error')", '**`AggregateError`** The name has several addresses'],
  ['x.errno === os.constants.errno.EADDR|INUSE', '**`EADDRINUSE`** Another live socket'],
  ['x.errno === -errno.ECONN|RESET', '**`ECONNRESET`** The peer sent RST'],
  ['const mine = codes.EADDR|INUSE', null],
  // Nothing where it is not a socket call, or not its object.
  ['app.listen(8|0)', null],
  ["app.listen(1, '0.0.|0.0')", null],
  ['other({ allow|HalfOpen: true })', null],
  ['const o = { back|log: 5 }', null],
  ['net.createServer({ nested: { back|log: 1 } })', null],
  ['fs.createReadStream("x", { high|WaterMark: 1 })', null],
  ['s.listen(1, () => other(8|0))', null],
  ["s.on('|data', () => 80)", null],
  ['net.createServer({ thing|: 1 })', null],
  ['c.setTimeout(8|0)', null],
  ["const x = '127.0|.0.1'", null],
  ['// s.listen(8|0)', null],
];

describe('hover on words in socket calls', () => {
  let client: TestClient;
  let opened = 0;
  before(async () => {
    client = await TestClient.start();
  });
  after(() => client.stop());

  for (const [code, begins] of POINTERS) {
    it(code, async () => {
      const uri = `file:///words-${++opened}.mjs`;
      const text = HEAD + code.replace('|', '');
      await client.open(uri, text);
      const { line, character } = placeAt(text, HEAD.length + code.indexOf('|'));
      const found = markdown(await client.hover(uri, line, character));
      if (begins === null) assert.equal(found, '');
      else {
        assert.ok(found.startsWith(begins), found);
        assert.ok(found.split('\n').length <= 12, found);
        assert.match(found, /\n\n\[More about [\w -]+\]\(command:card\?.*\) · \[.+\]\(https:/);
      }
      await client.close(uri);
    });
  }

  it('says nothing in a file without socket calls', async () => {
    await client.open('file:///none.mjs', "x === 'EADDRINUSE'");
    assert.equal(await client.hover('file:///none.mjs', 0, 8), null);
  });

  it('has the codes of every error, and cards for every option, address and port', () => {
    for (const api of API_IDS) for (const name of ['port', 'host', 'backlog', 'type', 'constructor', 'toString']) optionEntry(name, api);
    assert.equal(optionEntry('backlog', 'net.connect'), null);
    assert.equal(optionEntry('constructor', 'net.createServer'), null);
    assert.equal(addressEntry('toString', true), null);
    assert.equal(portEntry(65_536, true), null);
    assert.match(portEntry(1023, true)!.what, /system/);
    assert.match(portEntry(1024, true)!.what, /user/);
    assert.match(portEntry(80, true)!.lines[0]![1], /EACCES/);
    assert.ok(ERRNO_CARDS.size >= 40);
  });
});
