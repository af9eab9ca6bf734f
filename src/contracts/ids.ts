/** Ids of commands, settings, views and context keys: the same here, in package.json and in tests (a test holds them together). */
export const COMMANDS = {
  runAndTrace: 'socketscope.runAndTrace',
  runWithClient: 'socketscope.runWithClient',
  runWithFaults: 'socketscope.runWithFaults',
  newTracedTerminal: 'socketscope.newTracedTerminal',
  openTrace: 'socketscope.openTrace',
  showTimeline: 'socketscope.showTimeline',
  stop: 'socketscope.stop',
  saveTrace: 'socketscope.saveTrace',
  exportJson: 'socketscope.exportJson',
  exportHtml: 'socketscope.exportHtml',
  runSample: 'socketscope.runSample',
  reference: 'socketscope.reference',
  otherEnd: 'socketscope.goToOtherEnd',
  compareRuns: 'socketscope.compareRuns',
  stepFirst: 'socketscope.step.first',
  stepPrevious: 'socketscope.step.previous',
  stepNext: 'socketscope.step.next',
  stepLast: 'socketscope.step.last',
  stepPreviousOnSocket: 'socketscope.step.previousOnSocket',
  stepNextOnSocket: 'socketscope.step.nextOnSocket',
  stepPreviousOnConnection: 'socketscope.step.previousOnConnection',
  stepNextOnConnection: 'socketscope.step.nextOnConnection',
  stepPreviousState: 'socketscope.step.previousState',
  stepNextState: 'socketscope.step.nextState',
  stepPreviousError: 'socketscope.step.previousError',
  stepNextError: 'socketscope.step.nextError',
  stepBookmark: 'socketscope.step.bookmark',
  stepPreviousBookmark: 'socketscope.step.previousBookmark',
  stepNextBookmark: 'socketscope.step.nextBookmark',
  stepsOfLine: 'socketscope.step.ofLine',
  stepBirth: 'socketscope.step.birth',
  stepPlay: 'socketscope.step.play',
  stepFit: 'socketscope.step.fit',
  stepFind: 'socketscope.step.find',
  startExercise: 'socketscope.startExercise',
  checkExercise: 'socketscope.checkExercise',
  nextHint: 'socketscope.nextHint',
  resetExercise: 'socketscope.resetExercise',
  showSolution: 'socketscope.showSolution',
  continueExercise: 'socketscope.continueExercise',
  quiz: 'socketscope.quiz',
  exportProgress: 'socketscope.exportProgress',
  resetProgress: 'socketscope.resetProgress',
  showEvidence: 'socketscope.showEvidence',
} as const;

/** Called by lenses and links, not from the palette. */
export const INTERNAL_COMMANDS = {
  showStep: 'socketscope.showStep',
  openCard: 'socketscope.openCard',
  openExercise: 'socketscope.openExercise',
  listExercises: 'socketscope.listExercises',
} as const;

export const SETTINGS = {
  payloadBytes: 'socketscope.capture.payloadBytes',
  payload: 'socketscope.capture.payload',
  callSites: 'socketscope.capture.callSites',
  maxBytes: 'socketscope.capture.maxBytes',
  ignorePrograms: 'socketscope.ignorePrograms',
  nodePath: 'socketscope.node.path',
  faults: 'socketscope.faults',
  codeLens: 'socketscope.codeLens.enabled',
  lensHide: 'socketscope.codeLens.hide',
  diagnostics: 'socketscope.diagnostics.enabled',
  ignoreRules: 'socketscope.diagnostics.ignoreRules',
  inlayHints: 'socketscope.inlayHints.enabled',
  axis: 'socketscope.timeline.axis',
  openOnRun: 'socketscope.timeline.openOnRun',
  traceFolder: 'socketscope.traceFolder',
  keepRuns: 'socketscope.keepRuns',
  exerciseFolder: 'socketscope.exercises.folder',
  exerciseFolders: 'socketscope.exercises.folders',
} as const;

export const VIEWS = {
  timelinePanel: 'socketscope.timeline',
  traceEditor: 'socketscope.trace',
  reference: 'socketscope.referencePanel',
  exercisePage: 'socketscope.exercisePage',
  exercises: 'socketscope.exercises',
} as const;

export const CONTEXT_KEYS = {
  usesSockets: 'socketscope.usesSockets',
  live: 'socketscope.live',
  timelineOpen: 'socketscope.timelineOpen',
  /** There is an exercise that commands can be about. */
  exercise: 'socketscope.exercise',
  /** It has closed hints. */
  exerciseHints: 'socketscope.exerciseHints',
  exerciseChecking: 'socketscope.exerciseChecking',
  /** Something was started; before that the view says how to begin. */
  exercisesStarted: 'socketscope.exercisesStarted',
  /** A check had a verdict in this window. */
  exerciseChecked: 'socketscope.exerciseChecked',
} as const;

/** File ending of a saved trace. */
export const TRACE_EXTENSION = '.socktrace';

/** Title of the run of a traced terminal, and name of that terminal: programs come and go in it. */
export const TERMINAL_TITLE = 'Traced Terminal';
