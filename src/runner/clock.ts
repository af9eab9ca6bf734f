/** The probe's clock (CLOCK_MONOTONIC) in ns. */
export const clock = (): number => Number(process.hrtime.bigint());
