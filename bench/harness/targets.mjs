/** The verdict on a target that is not met. */
export const MISSED = 'MISSED';

/**
 * What the absolute targets were set on: a machine where these took so many milliseconds. A slower machine is
 * allowed as much longer as its own figure, measured in the same rounds, is larger.
 */
const REFERENCE = {
  'a bind sweep in C': 125,
  'a connect sweep in C, 2 threads': 99,
  'a pick in C': (125 + 2 * 175) / 65535,
  'a table sweep in C': 0.4,
  'node -e 0': 45,
};

/**
 * Judges one target. `most` or `least` bounds `value`. `machine`, for absolute targets, is the median here of one of
 * the works above, by which this machine is slower or faster.
 *
 * @param {{ what: string, value: number, unit?: string, most?: number, least?: number,
 *   machine?: { work: keyof typeof REFERENCE, milliseconds: number }, raw?: number, note?: string }} target
 * `raw` is the same work in C, in the unit of `value`
 */
export function judge({ what, value, unit = '', most, least, machine, raw, note = '' }) {
  const slowness = machine === undefined ? 1 : machine.milliseconds / REFERENCE[machine.work];
  const bound = most ?? least ?? Number.NaN;
  const allowed = most === undefined ? bound / slowness : bound * slowness;
  const isWithin = (limit) => (most === undefined ? value >= limit : value <= limit);
  const verdict = isWithin(bound)
    ? 'met'
    : machine !== undefined && isWithin(allowed)
      ? 'met for this machine'
      : MISSED;
  return {
    what,
    target: `${most === undefined ? 'at least' : 'at most'} ${withUnit(bound, unit)}`,
    here:
      machine === undefined ? '' : `${withUnit(allowed, unit)} (${machine.work}: x${slowness.toFixed(1)})`,
    measured: withUnit(value, unit),
    overRaw: raw === undefined ? '' : `x${(value / raw).toFixed(2)}`,
    verdict,
    note,
  };
}

/** A number with three digits that count, and its unit. */
export function withUnit(value, unit) {
  return unit === 'x' ? `x${threeDigits(value)}` : `${threeDigits(value)}${unit === '' ? '' : ` ${unit}`}`;
}

export function threeDigits(value) {
  if (!Number.isFinite(value)) return '-';
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.001))));
  return value.toLocaleString('en', { maximumFractionDigits: decimals });
}
