/**
 * The one of `candidates` that somebody who wrote `word` most likely means: it begins with the word, or some letters
 * are wrong, missing, doubled or swapped, about one in three at most. Undefined if nothing is that near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 0.5;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    const distance = isBeginning(wanted, other) ? 0.5 : editDistance(wanted, other);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

/** `: did you mean TEXT?` for the nearest of `candidates`, as `write` spells it; nothing if none is near. */
export function didYouMean(
  word: string,
  candidates: Iterable<string>,
  write: (candidate: string) => string = JSON.stringify,
): string {
  const meant = nearest(word, candidates);
  return meant === undefined ? '' : `: did you mean ${write(meant)}?`;
}

function isBeginning(word: string, candidate: string): boolean {
  return word.length >= 2 && candidate.startsWith(word) && candidate !== word;
}

/** Edits that turn one word into the other: insert, remove or replace a letter, or swap two neighbours. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          at(current, column - 1) + 1,
          at(last, column) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(beforeLast, column - 2) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
