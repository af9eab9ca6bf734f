/** A page of every kind, for looking at and for tests. */
import type { ExercisePage, ExerciseView, PredictionView, ReportView } from '../../src/contracts/exercise-page';

const sources = [
  { title: 'listen(2)', url: 'https://man7.org/linux/man-pages/man2/listen.2.html' },
  { title: 'Node: server.listen', url: 'https://nodejs.org/api/net.html#serverlisten' },
];

const predictions: PredictionView[] = [
  {
    id: 'calls',
    question: 'Which system calls come up to the printed address? Put the cards into their order and leave out those that do not come.',
    kind: 'order',
    options: ['socket', 'bind', 'listen', 'accept', 'getsockname'].map((id) => ({ id, text: id })),
    answer: null,
    result: null,
  },
  {
    id: 'state',
    question: 'In which state is the socket at `B`?',
    kind: 'choice',
    options: ['CLOSED', 'LISTEN', 'ESTABLISHED'].map((id) => ({ id, text: id })),
    answer: null,
    result: null,
  },
  { id: 'reads', question: 'How many reads does the server need?', kind: 'number', options: [], answer: null, result: null },
  {
    id: 'path',
    question: "Which states does the client's socket go through?",
    kind: 'path',
    options: ['FIN_WAIT_1', 'FIN_WAIT_2', 'CLOSE_WAIT', 'TIME_WAIT'].map((id) => ({ id, text: id })),
    answer: null,
    result: null,
  },
];

const predict: ExerciseView = {
  id: 'S01',
  title: 'What does one line of listen() do?',
  track: '1 A socket is born',
  type: 'predict',
  difficulty: 2,
  minutes: 10,
  objective: 'You can name the system calls behind server.listen, say what each of them changes, and say when accept runs.',
  instructions:
    '# What does one line of listen() do?\n\n`listen.mjs` has a server that nobody connects to. **Before you run it**, say what you expect. Read [about listen](listen.md) or [ports](card:ephemeral-ports) first if you like, or [look at your file](socketscope:files).\n\n```js\nconst server = net.createServer(); // A\nserver.listen(0, "127.0.0.1", () => console.log(server.address())); // B\n```\n\nMore in the [manual](https://man7.org/linux/man-pages/man2/listen.2.html). Then [run and compare](socketscope:check).',
  sources,
  dir: '/home/ada/socketscope/S01',
  progress: { state: 'started', hints: 0, attempts: 0, points: 0, of: 0 },
  hints: { opened: [], left: 3 },
  maySeeSolution: false,
  predictions,
  running: null,
  report: null,
  moments: [],
  explanation: null,
  next: { id: 'S02', title: 'Echo server that survives' },
};

const site = { file: '/home/ada/socketscope/S01/listen.mjs', line: 7, column: 3 };
const accept = {
  id: 'accept-too-early',
  misconception: null,
  broke: 'You expected accept before any client was there.',
  evidence: 'The calls of this run were: socket, bind, listen, getsockname. Nobody has connected, and there is no accept among them.',
  question: 'What would accept have to return here, if it returned at once?',
  card: 'accept',
};
const established = {
  id: 'wrong-state',
  misconception: 'M05',
  broke: 'You expected ESTABLISHED.',
  evidence: 'At B the state of the listening socket is LISTEN.',
  question: 'Which call changed the state, and whose state would change when a client connects?',
  card: 'tcp-states',
};

const answered: PredictionView[] = [
  {
    ...predictions[0]!,
    answer: { answer: ['socket', 'bind', 'listen', 'accept'], confidence: 3 },
    result: {
      status: 'wrong',
      given: ['socket', 'bind', 'listen', 'accept'],
      actual: ['socket', 'bind', 'listen', 'getsockname'],
      explanation: 'A socket is made, gets its name with `bind`, and becomes passive with `listen`. `getsockname` asks which name it has.',
      feedback: accept,
      evidence: [
        { scenario: 'alone', seq: 4, site, says: 'listen(21, 511) = 0' },
        { scenario: 'alone', seq: 5, site: null, says: 'getsockname(21) = 127.0.0.1:40123' },
      ],
    },
  },
  {
    ...predictions[1]!,
    answer: { answer: 'ESTABLISHED', confidence: 4 },
    result: {
      status: 'wrong',
      given: 'ESTABLISHED',
      actual: 'LISTEN',
      explanation: '`listen` makes a closed socket passive.',
      feedback: established,
      evidence: [{ scenario: 'alone', seq: 4, site, says: 'listen(21, 511) = 0' }],
    },
  },
  {
    ...predictions[2]!,
    answer: { answer: null, unknown: true },
    result: {
      status: 'unknown',
      given: null,
      actual: 1,
      explanation: 'All bytes were there before it read.',
      feedback: null,
      evidence: [],
    },
  },
  {
    ...predictions[3]!,
    answer: { answer: ['FIN_WAIT_1', 'FIN_WAIT_2', 'TIME_WAIT'], confidence: 2 },
    result: {
      status: 'right',
      given: ['FIN_WAIT_1', 'FIN_WAIT_2', 'TIME_WAIT'],
      actual: ['FIN_WAIT_1', 'FIN_WAIT_2', 'TIME_WAIT'],
      explanation: 'The side that closes first waits at the end.',
      feedback: null,
      evidence: [],
    },
  },
];

const report: ReportView = {
  verdict: 'failed',
  problem: null,
  trouble: null,
  points: 3,
  of: 5,
  feedback: accept,
  evidence: [{ scenario: 'alone', seq: 4, site, says: 'listen(21, 511) = 0' }],
  checks: answered.map(({ id, question, result }) => ({
    id: `prediction-${id}`,
    title: question,
    status: result!.status === 'right' ? ('passed' as const) : ('failed' as const),
    reason: null,
    feedback: result!.feedback,
    evidence: result!.evidence,
  })),
  scenarios: [
    {
      id: 'alone',
      title: 'nobody connects',
      ended: 'The program ended by itself (exit code 0).',
      stdout: "{ address: '127.0.0.1', family: 'IPv4', port: 40123 }\n",
      stderr: '',
      hasTrace: true,
    },
  ],
  notes: [],
  stale: false,
};

const compared: ExerciseView = { ...predict, predictions: answered, report };

const fix: ExerciseView = {
  ...predict,
  id: 'B02',
  title: 'The JSON that breaks on Tuesdays',
  track: '2 Bytes, not messages',
  type: 'fix',
  difficulty: 3,
  minutes: 25,
  objective: 'You can put messages back together however the bytes arrive.',
  instructions:
    '# The JSON that breaks on Tuesdays\n\nThis server gets lines of JSON and answers each with a line of JSON. On the author\'s machine it always works.\n\n**Your task:** repair `server.mjs`.\n\n- One answer for each line, in the order of the lines.\n- A line that is no JSON is answered with `{"error":"bad JSON"}`.\n\n[Check](socketscope:check) as often as you like.',
  dir: '/home/ada/socketscope/B02',
  predictions: [],
  next: { id: 'B03', title: 'Length first' },
};

const broken: ExerciseView = {
  ...fix,
  progress: { state: 'started', hints: 1, attempts: 2, points: 3, of: 7 },
  hints: { opened: ['Look at the reads in the lane of the server: how many lines does each of them hold?'], left: 2 },
  report: {
    verdict: 'failed',
    problem: null,
    trouble: 'The program ended by an error that nobody handled (SyntaxError: Unexpected end of JSON input), exit code 1.',
    points: 3,
    of: 7,
    feedback: {
      id: 'one-read-one-line',
      misconception: 'M02',
      broke: 'A line that came in two pieces was answered twice.',
      evidence: 'Read 1 brought 9 bytes without a line end, and your program parsed them at once.',
      question: 'Where are the first nine bytes when the rest arrives?',
      card: 'stream',
    },
    evidence: [
      {
        scenario: 'split',
        seq: 12,
        site: { ...site, file: '/home/ada/socketscope/B02/server.mjs' },
        says: 'read(22) = 9 bytes: {"id":1,"',
      },
      { scenario: 'split', seq: 15, site: null, says: 'read(22) = 18 bytes: text":"hello"}\\n' },
    ],
    checks: [
      { id: 'whole', title: 'A line in one piece is answered once', status: 'passed', reason: null, feedback: null, evidence: [] },
      {
        id: 'split',
        title: 'A line in two pieces is answered once',
        status: 'failed',
        reason: '2 answers, 1 expected',
        feedback: { id: 'one-read-one-line', misconception: 'M02', broke: '', evidence: '', question: '', card: null },
        evidence: [],
      },
      {
        id: 'utf8',
        title: 'A character cut in two stays whole',
        status: 'failed',
        reason: null,
        feedback: {
          id: 'text-too-early',
          misconception: 'M10',
          broke: 'A character that was cut in two came back as two question marks.',
          evidence: 'The first half was turned into text before the second half was read.',
          question: 'When is it safe to turn bytes into text?',
          card: null,
        },
        evidence: [{ scenario: 'utf8', seq: 9, site: null, says: 'read(22) = 1 byte' }],
      },
      {
        id: 'memory',
        title: 'The receive queue in the kernel stays small',
        status: 'skipped',
        reason: 'The kernel can be asked on Linux only.',
        feedback: null,
        evidence: [],
      },
    ],
    scenarios: [
      {
        id: 'split',
        title: 'a line in two pieces',
        ended: 'The program ended by an error that nobody handled (SyntaxError: Unexpected end of JSON input), exit code 1.',
        stdout: '<img src=x onerror=alert(1)> \u001b[31mred\u001b[0m \u202egnp.exe\n',
        stderr: 'SyntaxError: Unexpected end of JSON input\n    at JSON.parse (<anonymous>)\n',
        hasTrace: true,
      },
      {
        id: 'whole',
        title: 'a line in one piece',
        ended: 'The program ended by itself (exit code 0).',
        stdout: '',
        stderr: '',
        hasTrace: true,
      },
    ],
    notes: ['The memory of the program could not be limited on this system.'],
    stale: false,
  },
};

const passed: ExerciseView = {
  ...fix,
  progress: { state: 'passed', hints: 1, attempts: 3, points: 7, of: 7 },
  hints: { opened: broken.hints.opened, left: 2 },
  maySeeSolution: true,
  report: {
    ...broken.report!,
    verdict: 'passed',
    trouble: null,
    points: 7,
    of: 7,
    feedback: null,
    evidence: [],
    checks: broken.report!.checks.map((check) => ({
      ...check,
      status: check.status === 'skipped' ? ('skipped' as const) : ('passed' as const),
      reason: check.status === 'skipped' ? check.reason : null,
      feedback: null,
      evidence: [],
    })),
    scenarios: broken.report!.scenarios.slice(1),
    notes: [],
  },
  moments: [
    {
      index: 0,
      question: 'Why did this read bring half a line?',
      scenario: 'split',
      seq: 12,
      options: [
        { text: 'TCP hands over the bytes that are there, not messages.' },
        { text: 'The client wrote too fast.' },
        { text: 'The buffer was full.' },
      ],
      picked: { option: 1, right: false, says: 'It would be the same if it had written slowly: look at the time between the two writes.' },
    },
  ],
  explanation:
    'Your program keeps the bytes of an unfinished line **per connection** and turns them into text only when the line end is there. So it does not matter where a read cuts.',
};

const quizItem = {
  id: 'one-write',
  question: 'A client calls write three times. How many data events does the server get?',
  options: [
    { id: 'a', text: 'that cannot be said' },
    { id: 'b', text: 'three' },
    { id: 'c', text: 'one' },
    { id: 'd', text: 'at least three' },
  ],
  sources: [{ title: 'recv(2)', url: 'https://man7.org/linux/man-pages/man2/recv.2.html' }],
};

export const EXERCISE_PAGES = {
  start: { kind: 'exercise', exercise: { ...predict, dir: null, progress: { ...predict.progress, state: 'new' } } },
  predict: { kind: 'exercise', exercise: predict },
  running: { kind: 'exercise', exercise: { ...fix, running: { says: 'scenario 2 of 5, a line in two pieces' } } },
  compared: { kind: 'exercise', exercise: compared },
  fix: { kind: 'exercise', exercise: fix },
  broken: { kind: 'exercise', exercise: broken },
  passed: { kind: 'exercise', exercise: passed },
  quiz: { kind: 'quiz', quiz: { number: 2, of: 3, item: quizItem, picked: null, score: null } },
  quizAnswer: {
    kind: 'quiz',
    quiz: {
      number: 2,
      of: 3,
      item: quizItem,
      picked: { option: 'b', right: false, correct: 'a', says: 'TCP hands over bytes, not messages.', again: '2026-12-01T10:00:00.000Z' },
      score: null,
    },
  },
  quizEnd: {
    kind: 'quiz',
    quiz: {
      number: 3,
      of: 3,
      item: null,
      picked: null,
      score: { right: 2, of: 3, reviews: [{ concept: 'Bytes, not messages', due: '2026-12-01T10:00:00.000Z' }] },
    },
  },
  trackEnd: {
    kind: 'track-end',
    track: {
      track: '1 A socket is born',
      can: [predict.objective, 'You can write a server that keeps its clients apart.'],
      again: [{ id: 'S02', title: 'Echo server that survives', due: '2026-12-03T10:00:00.000Z' }],
      nextTrack: { track: '2 Bytes, not messages', id: 'B01', title: 'Three writes, how many reads?' },
    },
  },
  problem: {
    kind: 'problem',
    sentence: 'B02/exercise.json: "hints" must be exactly three texts. Put it right, or choose another exercise.',
  },
} satisfies Record<string, ExercisePage>;
