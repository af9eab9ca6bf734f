/** Python snippets: `‸` stands before each name that must be found, the titles of the cards follow in order; silent ones after. */
export interface PythonSnippet {
  name: string;
  code: string;
  expect: string[];
}

const hit = (name: string, code: string, expect: string): PythonSnippet => ({
  name,
  code,
  expect: expect.split(' | ').map((one) => `${one}()`),
});
const I = 'import socket\n';

export const PYTHON_HITS: readonly PythonSnippet[] = [
  hit('constructor and bind', `${I}s = socket.‸socket()\ns.‸bind(('', 80))`, 'socket.socket | sock.bind'),
  hit('module renamed', 'import socket as net\ns = net.‸socket()\ns.‸close()', 'socket.socket | sock.close'),
  hit('several modules in one import', 'import os, socket, sys\ns = socket.‸socket()', 'socket.socket'),
  hit('from import', 'from socket import socket, AF_INET\ns = ‸socket()\ns.‸listen(5)', 'socket.socket | sock.listen'),
  hit('from import renamed', 'from socket import socket as Sock\ns = ‸Sock()\ns.‸listen()', 'socket.socket | sock.listen'),
  hit(
    'function renamed',
    'from socket import create_server as serve\ns = ‸serve(("", 1))\ns.‸accept()',
    'socket.create_server | sock.accept',
  ),
  hit('star import', 'from socket import *\ns = ‸socket(AF_INET, SOCK_STREAM)\ns.‸connect(("a", 1))', 'socket.socket | sock.connect'),
  hit(
    'accept unpacked',
    `${I}s = socket.‸create_server(('', 1))\nconn, addr = s.‸accept()\nconn.‸recv(10)`,
    'socket.create_server | sock.accept | sock.recv',
  ),
  hit(
    'accept in brackets',
    `${I}s = socket.‸socket()\n(conn, (host, port)) = s.‸accept()\nconn.‸send(b'')`,
    'socket.socket | sock.accept | sock.send',
  ),
  hit('accept indexed', `${I}s = socket.‸socket()\nc = s.‸accept()[0]\nc.‸sendall(b'')`, 'socket.socket | sock.accept | sock.sendall'),
  hit('with', `${I}with socket.‸socket() as s:\n    s.‸bind(('', 1))`, 'socket.socket | sock.bind'),
  hit(
    'with of an accepted one',
    `${I}s = socket.‸socket()\nc, a = s.‸accept()\nwith c:\n    c.‸recv(1)`,
    'socket.socket | sock.accept | sock.recv',
  ),
  hit(
    'two in one with',
    `${I}with socket.‸socket() as a, socket.‸create_connection(('h', 1)) as b:\n    a.‸close(); b.‸sendall(b'')`,
    'socket.socket | socket.create_connection | sock.close | sock.sendall',
  ),
  hit('chained', `${I}socket.‸socket().‸connect(('', 1))`, 'socket.socket | sock.connect'),
  hit('walrus', `${I}if (s := socket.‸socket()):\n    s.‸shutdown(socket.SHUT_WR)`, 'socket.socket | sock.shutdown'),
  hit(
    'read loop',
    `${I}s = socket.‸create_connection(('', 1))\nwhile data := s.‸recv(4096):\n    print(data)`,
    'socket.create_connection | sock.recv',
  ),
  hit('parameter with annotation', `${I}def go(s: socket.socket, n: int) -> None:\n    s.‸sendto(b'', ('', 1))`, 'sock.sendto'),
  hit('optional annotation', `${I}from typing import Optional\ndef go(s: Optional[socket.socket] = None):\n    s.‸close()`, 'sock.close'),
  hit('annotation in quotes, or None', `${I}def go(s: "socket.socket | None"):\n    s.‸recv_into(b)`, 'sock.recv_into'),
  hit('variable with annotation', `${I}s: socket.socket\ns.‸listen()`, 'sock.listen'),
  hit(
    'parameter of a thread',
    `${I}import threading\ndef serve(conn, addr):\n    conn.‸recv(1)\ns = socket.‸socket()\nwhile True:\n    c, a = s.‸accept()\n    threading.Thread(target=serve, args=(c, a)).start()`,
    'sock.recv | socket.socket | sock.accept',
  ),
  hit(
    'parameter of a call',
    `${I}def serve(conn):\n    conn.‸sendall(b'')\nwith socket.‸create_server(('', 1)) as s:\n    c, _ = s.‸accept()\n    serve(c)`,
    'sock.sendall | socket.create_server | sock.accept',
  ),
  hit(
    'parameter of a pool',
    `${I}def serve(n, conn):\n    conn.‸close()\ns = socket.‸socket()\nc, _ = s.‸accept()\npool.submit(serve, 1, c)`,
    'sock.close | socket.socket | sock.accept',
  ),
  hit(
    'member',
    `${I}class Server:\n    def __init__(self):\n        self.s = socket.‸socket()\n    def run(self):\n        self.s.‸listen()\n        self.c, self.a = self.s.‸accept()\n        self.c.‸recv(2)`,
    'socket.socket | sock.listen | sock.accept | sock.recv',
  ),
  hit(
    'member with None first',
    `${I}class C:\n    s = None\n    def open(self):\n        self.s = socket.‸create_connection(('', 1))\n    def end(self):\n        self.s.‸close()`,
    'socket.create_connection | sock.close',
  ),
  hit('member with annotation', `${I}class C:\n    s: socket.socket\n    def end(self):\n        self.s.‸close()`, 'sock.close'),
  hit(
    'member of an instance',
    `${I}class C:\n    def __init__(self):\n        self.s = socket.‸socket()\nc = C()\nc.s.‸bind(('', 1))`,
    'socket.socket | sock.bind',
  ),
  hit(
    'method that is given a socket',
    `${I}class C:\n    def go(self):\n        s = socket.‸socket()\n        self.one(s)\n    def one(self, k):\n        k.‸recvfrom(1)`,
    'socket.socket | sock.recvfrom',
  ),
  hit(
    'own function that returns one',
    `${I}def make():\n    s = socket.‸socket()\n    return s\nmake().‸listen()`,
    'socket.socket | sock.listen',
  ),
  hit('return annotation', `${I}def make() -> socket.socket: ...\ns = make()\ns.‸listen()`, 'sock.listen'),
  hit(
    'global',
    `${I}s = None\ndef open():\n    global s\n    s = socket.‸socket()\ndef end():\n    s.‸close()`,
    'socket.socket | sock.close',
  ),
  hit(
    'nonlocal',
    `${I}def f():\n    s = None\n    def g():\n        nonlocal s\n        s = socket.‸socket()\n    g()\n    s.‸close()`,
    'socket.socket | sock.close',
  ),
  hit('import in a function', 'def f():\n    import socket\n    socket.‸socket()', 'socket.socket'),
  hit('import in try', 'try:\n    import socket\nexcept ImportError:\n    socket = None\ns = socket.‸socket()', 'socket.socket'),
  hit('pair', `${I}a, b = socket.‸socketpair()\na.‸send(b'')\nb.‸recv(1)`, 'socket.socketpair | sock.send | sock.recv'),
  hit(
    'either of two',
    `${I}s = socket.‸socket() if x else socket.‸create_connection(y)\ns.‸close()`,
    'socket.socket | socket.create_connection | sock.close',
  ),
  hit('name for the class', `${I}make = socket.socket\ns = ‸make()\ns.‸close()`, 'socket.socket | sock.close'),
  hit('unfinished call', `${I}s = socket.‸socket()\ns.‸bind(`, 'socket.socket | sock.bind'),
  hit('error below', `${I}s = socket.‸socket()\ns.‸listen()\ndef (:\n`, 'socket.socket | sock.listen'),
  hit('CRLF and a comment between', `import socket\r\ns = socket.‸socket()  # here\r\ns.‸listen()\r\n`, 'socket.socket | sock.listen'),
  hit('emoji before', `${I}s = socket.‸socket(); print('🙂🙂'); s.‸close()`, 'socket.socket | sock.close'),
];

/** Nothing in these is certainly a socket call. */
export const PYTHON_SILENT: readonly (readonly [name: string, code: string])[] = [
  ['no import', "s = socket.socket()\ns.bind(('', 1))"],
  ['another module of that name', "from gevent import socket\ns = socket.socket()\ns.bind(('', 1))"],
  ['a module of a package', 'import zmq.socket\nzmq.socket.socket()'],
  ['asyncio streams', `${I}import asyncio\nasync def f():\n    r, w = await asyncio.open_connection('', 1)\n    w.close()`],
  ['unknown receiver', `${I}def f(s):\n    s.bind(('', 1)); s.close(); s.recv(1)`],
  ['file close', `${I}f = open('x')\nf.close()`],
  ['database connect', `${I}import sqlite3\nc = sqlite3.connect('x')\nc.close()`],
  ['zmq socket', `${I}import zmq\ns = zmq.Context().socket(zmq.REP)\ns.bind('tcp://*:1')\ns.recv()`],
  ['own function socket', `${I}def socket(): pass\nsocket().bind(1)`],
  ['own class socket', `${I}class socket:\n    pass\nsocket().close()`],
  ['shadowed by a parameter', `${I}def f(socket):\n    socket.socket()`],
  ['shadowed in a function', `${I}def f():\n    socket = make()\n    socket.socket()`],
  ['shadowed by a loop', `${I}for socket in things:\n    socket.close()`],
  ['one of two meanings', `${I}s = socket.socket if x else other\nif y:\n    s = thing()\ns.close()`],
  ['wrapped in TLS', `${I}import ssl\ndef f(t):\n    t = ssl.wrap_socket(t)\n    t.close()`],
  ['a parameter called with two kinds', `${I}def f(x):\n    x.close()\ndef g(a: socket.socket):\n    f(a)\nf(open('x'))`],
  ['a function that escapes', `${I}def f(x):\n    x.close()\ndef g(a: socket.socket):\n    f(a)\nregister(f)`],
  ['splat', `${I}def f(x):\n    x.close()\ndef g(a: socket.socket):\n    f(*[a])`],
  ['list of sockets', `${I}def g(all):\n    for s in all:\n        s.close()`],
  ['the address of accept', `${I}def g(a: socket.socket):\n    pair = a.accept\n    pair[1].close()`],
  ['member set from outside', `${I}class C:\n    def __init__(self, s):\n        self.s = s\n    def end(self):\n        self.s.close()`],
  [
    'member with two kinds',
    `${I}class C:\n    def __init__(self, t: socket.socket):\n        self.s = t\n    def file(self):\n        self.s = open('x')\n    def end(self):\n        self.s.close()`,
  ],
  ['static method', `${I}class C:\n    @staticmethod\n    def end(self):\n        self.close()`],
  ['coroutine result', `${I}async def make() -> socket.socket: ...\nmake().close()`],
  ['generator', `${I}def make():\n    yield 1\n    return None\nmake().close()`],
  ['in a string', `${I}x = "socket.socket()"`],
  ['in a comment', `${I}# socket.socket().bind(1)`],
  ['in a docstring', `${I}def f():\n    """s = socket.socket()\n    s.bind(1)"""`],
  ['a method that is not called', `${I}def f(a: socket.socket):\n    g = a.bind`],
  ['a method that sockets do not have', `${I}def f(a: socket.socket):\n    a.open(1); a.write(2)`],
  ['keyword of the same name', `${I}connect(close=1, bind=2)`],
  ['exception name', `${I}try:\n    pass\nexcept OSError as s:\n    s.close()`],
  ['dependent on itself', `${I}s = s\ns.close()`],
  ['class body name in a method', `${I}class C:\n    s = make\n    def f(self):\n        s.close()`],
];
