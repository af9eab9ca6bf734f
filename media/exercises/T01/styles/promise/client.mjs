import net from 'node:net';

const port = Number(process.env.PORT ?? 4000);

function ask() {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    let received = Buffer.alloc(0);
    let phase = setTimeout(finish, 500, new Error('connect timeout'));
    const whole = setTimeout(finish, 1500, new Error('deadline'));
    function finish(error, line) {
      clearTimeout(phase);
      clearTimeout(whole);
      socket.destroy();
      if (error) reject(error);
      else resolve(line);
    }
    function quiet() {
      clearTimeout(phase);
      phase = setTimeout(finish, 500, new Error('idle timeout'));
    }
    socket.once('connect', () => {
      socket.write('hello\n');
      quiet();
    });
    socket.on('data', (chunk) => {
      quiet();
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf(10);
      if (end >= 0) finish(null, received.toString('utf8', 0, end));
    });
    socket.on('error', finish);
    socket.on('end', () => finish(new Error('closed early')));
  });
}

try {
  console.log(`result: ${await ask()}`);
} catch (error) {
  console.log(`error: ${error.message}`);
}
