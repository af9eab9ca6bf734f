/** Programs that no learner means to write, and that somebody will. */
import { readdirSync, readFileSync } from 'node:fs';

/** Whether a process with this word in its command line is alive (Linux). */
export const alive = (word: string) =>
  readdirSync('/proc').some((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(word);
    } catch {
      return false;
    }
  });

/** Programs that do harm or come to no good end, and what a check says of each, in one sentence. */
export const HOSTILE: { [name: string]: { program: string; says: RegExp } } = {
  'prints-for-ever': {
    program: "const line = 'x'.repeat(65536); const print = () => process.stdout.write(line, print); print();",
    says: /printed more than 16 MiB/,
  },
  'forks-for-ever': {
    program:
      "import { spawn } from 'node:child_process'; setInterval(() => spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'hostile-fork'], { detached: true, stdio: 'ignore' }), 5);",
    says: /started more than 16 processes/,
  },
  'ignores-sigterm': {
    program: "for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => {}); for (;;);",
    says: /did not listen: within 3\.0 s/,
  },
  'ends-at-once': { program: 'process.exit(3);', says: /did not listen: it ended before.*exit code 3/ },
  throws: { program: "throw new TypeError('oh');", says: /^server\.mjs:1: TypeError: oh\. The program ended with this error in every run/ },
  'wrong-address': { program: "import net from 'node:net'; net.createServer().listen(0, '192.0.2.7');", says: /EADDRNOTAVAIL/ },
  'is-no-program': { program: 'const const = 1;', says: /SyntaxError/ },
};
