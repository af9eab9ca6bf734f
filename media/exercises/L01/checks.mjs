/** The two ends of the n-th connection, 0 to 4: the side that leaves and the side that stays. */
function ends(run, n) {
  return { leaves: run.trace.sockets({ role: 'client' })[n], stays: run.trace.sockets({ role: 'accepted' })[n] };
}

/** What the side that stays was told: 'reset', 'end', or 'nothing'. */
function seen(run, n) {
  const { stays } = ends(run, n);
  if (stays === undefined) return { value: 'nothing' };
  const errors = run.trace.events({
    socket: stays.id,
    and: ({ error, api, args }) => error === 'ECONNRESET' || error === 'EPIPE' || (api === 'error' && args !== null),
  });
  if (errors.length > 0) return { value: 'reset', seqs: [errors[0].seq] };
  const end = run.trace.events({
    socket: stays.id,
    and: ({ call, bytes, api }) => (call === 'read' && bytes === 0) || api === 'end of file',
  })[0];
  return end === undefined ? { value: 'nothing' } : { value: 'end', seqs: [end.seq] };
}

/** Which side went into TIME_WAIT. */
function timeWait(run, n) {
  const { leaves, stays } = ends(run, n);
  const steps = (socket) => run.trace.events({ socket: socket?.id ?? '', and: ({ state }) => state?.to === 'TIME_WAIT' });
  const [left, stayed] = [steps(leaves), steps(stays)];
  const value = left.length > 0 ? (stayed.length > 0 ? 'both' : 'leaves') : stayed.length > 0 ? 'stays' : 'nobody';
  return { value, seqs: [...left, ...stayed].map(({ seq }) => seq) };
}

/** @type {import('../checks').Checks} */
export default {
  scenarios: [{ id: 'leave', title: 'Five connections come to their end', ends: 'itself', limit: 8000 }],
  checks: [],
  facts: {
    endPath({ leave }) {
      const { leaves } = ends(leave, 0);
      const { value, seqs } = leave.trace.states(leaves?.id ?? '');
      const from = value.indexOf('ESTABLISHED') + 1;
      const until = value.indexOf('TIME_WAIT') + 1;
      return { value: value.slice(from, until > 0 ? until : undefined), seqs: seqs.slice(Math.max(0, from - 1)) };
    },
    endTimeWait: ({ leave }) => timeWait(leave, 0),
    destroySees: ({ leave }) => seen(leave, 1),
    resetSees: ({ leave }) => seen(leave, 2),
    resetTimeWait: ({ leave }) => timeWait(leave, 2),
    muchSees: ({ leave }) => seen(leave, 3),
    littleSees: ({ leave }) => seen(leave, 4),
  },
};
