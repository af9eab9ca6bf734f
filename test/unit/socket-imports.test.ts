import assert from 'node:assert/strict';
import { usesSockets } from '../../src/vscode/run/socket-imports';

describe('whether a program uses sockets', () => {
  const yes = [
    `import net from 'node:net';`,
    `import net from "net"`,
    `import { createServer } from 'node:http';`,
    `import {\n  connect,\n} from 'node:tls';`,
    `import 'node:dgram';`,
    `const dgram = require('dgram');`,
    `const { Server } = require( "node:net" );`,
    `const https = await import('node:https');`,
    `export { createServer } from 'node:net';`,
    `import type { Socket } from 'node:net';`,
  ];
  for (const source of yes) it(`yes: ${source.replace(/\n/g, ' ')}`, () => assert.equal(usesSockets(source), true));

  const no = [
    ``,
    `import fs from 'node:fs';`,
    `import net from './net';`,
    `import { x } from 'net-tools';`,
    `const text = 'node:net';`,
    `requirenet('net')`,
    `// the network`,
  ];
  for (const source of no) it(`no: ${source || 'an empty file'}`, () => assert.equal(usesSockets(source), false));

  it('looks only at the beginning of a big file', () => {
    const big = `${' '.repeat(1024)}\n`.repeat(20_000);
    assert.equal(usesSockets(`${big}import net from 'node:net';`), false);
    assert.equal(usesSockets(`import net from 'node:net';${big}`), true);
  });
});
