// A child that starts a child, elsewhere, with options of its own.
const { spawn } = require('node:child_process');
const path = require('node:path');
const net = require('node:net');
const level = Number(process.argv[2] ?? 0);
if (level < 2) {
  const child = spawn(process.execPath, [__filename, String(level + 1)], {
    cwd: level === 0 ? path.join(__dirname, '..') : __dirname,
    env: { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --no-deprecation`, LEVEL: String(level) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  child.on('close', (code) => {
    console.log(level, code);
    process.exitCode = code;
  });
} else {
  const server = net
    .createServer((peer) => peer.end(`${path.basename(process.cwd())} ${process.noDeprecation}`))
    .listen(0, '127.0.0.1', () => {
      net.connect(server.address().port, '127.0.0.1').on('data', (d) => {
        console.log(String(d));
        server.close();
      });
    });
}
