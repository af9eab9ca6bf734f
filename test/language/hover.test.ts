import assert from 'node:assert/strict';
import type { LanguageOptions } from '../../src/contracts/lsp';
import { API_IDS, APIS } from '../../src/knowledge';
import type { AnalysedDocument } from '../../src/language/analysis';
import { callAt, cardText } from '../../src/language/hovers';
import { JavaScriptSupport } from '../../src/language/javascript';
import { COMMANDS } from './lsp-client';
import { DOCS, GRAMMARS, placeAt } from './support';

const OPTIONS: LanguageOptions = { codeLens: true, commands: COMMANDS, docs: DOCS, grammars: GRAMMARS };
const FACT = { text: 'LISTEN 127.0.0.1:1, 1 accepted', step: 3, stale: false };

/** `|` is the pointer; then the title of the hover, null for none. */
const POINTERS: [string, string | null][] = [
  ['net.createSer|ver()', 'net.createServer()'],
  ['net.|createServer()', 'net.createServer()'],
  ['net.createServer|()', 'net.createServer()'],
  ['n|et.createServer()', null],
  ['net.createServer(|)', null],
  ['net.createServer().li|sten(1)', 'server.listen()'],
  ['net.createServer().on("connec|tion", f)', "'connection' event"],
  ['net.createServer().o|n("connection", f)', "'connection' event"],
  ['net.createServer().close|()', 'server.close()'],
  ['net.conn|ect(1)', 'net.connect()'],
  ['net.createConn|ection(1)', 'net.createConnection()'],
  ['new net.Soc|ket()', 'new net.Socket()'],
  ['new net.Socket().con|nect(1)', 'socket.connect()'],
  ['net.connect(1).wri|te("a")', 'socket.write()'],
  ['net.connect(1).e|nd()', 'socket.end()'],
  ['net.connect(1).dest|roy()', 'socket.destroy()'],
  ['net.connect(1).resetAnd|Destroy()', 'socket.resetAndDestroy()'],
  ['net.connect(1).on("da|ta", f)', "'data' event"],
  ['net.connect(1).once("en|d", f)', "'end' event"],
  ['net.connect(1).setTime|out(1)', 'socket.setTimeout()'],
  ['dgram.createSo|cket("udp4")', 'dgram.createSocket()'],
  ['dgram.createSocket("udp4").bi|nd(1)', 'socket.bind()'],
  ['dgram.createSocket("udp4").se|nd("a", 1)', 'socket.send()'],
  ['dgram.createSocket("udp4").on("mess|age", f)', "'message' event"],
  ['fs.clo|se(1)', null],
  ['// net.conn|ect(1)', null],
];

describe('hover', () => {
  const support = new JavaScriptSupport(GRAMMARS);
  for (const [code, title] of POINTERS) {
    it(code, async () => {
      const head = "import net from 'net'; import dgram from 'dgram';\n";
      const text = head + code.replace('|', '');
      const document: AnalysedDocument = (await support.prepare('javascript'))(text);
      const found = callAt(document.calls(), placeAt(text, head.length + code.indexOf('|')));
      document.dispose();
      assert.equal(found ? APIS[found.call.api].title : null, title);
    });
  }

  it('has at most 12 lines for every call, with a fact too, and always the calls, the states and links', () => {
    for (const api of API_IDS) {
      for (const fact of [null, FACT]) {
        const text = cardText(APIS[api], fact, '/a.socktrace', OPTIONS);
        assert.ok(text.split('\n').length <= 12, `${api}: ${text.split('\n').length}\n${text}`);
        assert.match(text, /\n- States: /, api);
        assert.match(text, /Windows|System calls/, api);
        assert.match(text, /\n\n\[More about [a-z-]+\]\(command:card\?/, api);
        assert.match(text, /\]\(https:\/\//, api);
        assert.ok(!fact || text.includes('In your last run'), api);
      }
    }
  });

  it('never tells of a RST on a datagram socket', () => {
    for (const api of API_IDS) if (api.startsWith('dgram.')) assert.doesNotMatch(cardText(APIS[api], null, null, OPTIONS), /RST/, api);
    assert.match(cardText(APIS['dgram.send'], null, null, OPTIONS), /`ECONNREFUSED`: .*ICMP/);
    assert.match(cardText(APIS['net.connect'], null, null, OPTIONS), /`ECONNREFUSED`: .*RST/);
  });

  it('reads as intended', () => {
    assert.equal(
      cardText(APIS['socket.end'], null, null, {
        ...OPTIONS,
        commands: { runAndTrace: null, showStep: null, openCard: null },
        docs: '/docs',
      }),
      [
        "**`socket.end()`** Says that you will send no more: after the queued bytes a FIN goes out. You can still receive. Without `allowHalfOpen` the other side's Node ends its direction too.",
        '',
        '- libuv: uv_shutdown, when the write queue is empty',
        '- Linux, macOS: shutdown(SHUT_WR)',
        '- Windows: shutdown(SD_SEND)',
        '- States: ESTABLISHED → FIN_WAIT_1 → FIN_WAIT_2, or CLOSE_WAIT → LAST_ACK',
        "- `EPIPE`: written to a connection that is known to be closed; without a syscall in the error, Node refused because the peer had ended. Fix: stop writing on 'close', check `writable`, or use `allowHalfOpen`.",
        '- `ERR_STREAM_WRITE_AFTER_END`: `write()` after your own `end()`. Fix: look at the order of the calls.',
        '',
        '[More about shutdown](file:///docs/shutdown.md) · [shutdown(2)](https://man7.org/linux/man-pages/man2/shutdown.2.html) · [RFC 9293 §3.6](https://www.rfc-editor.org/rfc/rfc9293#section-3.6)',
      ].join('\n'),
    );
  });

  it('shows what came from a run as text, never as markup', () => {
    const text = cardText(APIS['server.listen'], { ...FACT, text: 'LISTEN /tmp/[x](command:evil)<img>`' }, '/a', OPTIONS);
    assert.ok(text.includes('LISTEN /tmp/\\[x\\]\\(command:evil\\)\\<img\\>\\`'), text);
  });
});
