const net = require('node:net');
const { Transform, pipeline } = require('node:stream');

class Lines extends Transform {
  constructor() {
    super({ readableObjectMode: true });
    this.rest = Buffer.alloc(0);
  }
  _transform(chunk, _encoding, done) {
    this.rest = this.rest.length ? Buffer.concat([this.rest, chunk]) : chunk;
    let end = this.rest.indexOf('\n');
    while (end !== -1) {
      this.push(this.rest.toString('utf8', 0, end));
      this.rest = this.rest.subarray(end + 1);
      end = this.rest.indexOf('\n');
    }
    done(this.rest.length > 1024 * 1024 ? new Error('line too long') : null);
  }
}

class Answers extends Transform {
  constructor() {
    super({ writableObjectMode: true });
  }
  _transform(line, _encoding, done) {
    try {
      const { id, text } = JSON.parse(line);
      done(null, JSON.stringify({ id, text: text.toUpperCase() }) + '\n');
    } catch {
      done(null, '{"error":"bad JSON"}\n');
    }
  }
}

net.createServer((socket) => pipeline(socket, new Lines(), new Answers(), socket, () => {})).listen(process.env.PORT || 4000, '127.0.0.1');
