/** The value below which the share `quantile` (0 to 1) of `values` lies. */
export function quantile(values, quantile) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * quantile;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values) {
  return quantile(values, 0.5);
}

/**
 * The median of the quotients of values that were measured in the same round. Both sides of a quotient met the same
 * neighbours on the machine, so that it stays true where the values themselves wander.
 */
export function ratio(values, references) {
  return median(ratios(values, references));
}

/** The quotients of values of the same rounds. */
export function ratios(values, references) {
  return values.map((value, index) => value / (references[index] ?? Number.NaN));
}

/** What `values` are over `references` of the same rounds. */
export function difference(values, references) {
  return values.map((value, index) => value - (references[index] ?? Number.NaN));
}
