/** Sentences about a run as a whole. */
export const FOLDER_GONE = 'The folder of this run was deleted while it ran: what was started after that left no record.';

export const NO_KERNEL =
  'Only Linux lets other programs look at its sockets: here states and queues are worked out from the calls, and the kernel was not asked.';

/** What is said of a program that ran and left no stream. */
export const noRecord = (pid: number) =>
  `Process ${pid} left no record, so nothing of it is in this trace: it ended before Node had started, or Node's --permission keeps it from writing to the temporary folder.`;
