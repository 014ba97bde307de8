// Draws the figure of README.md: how long peers and plain C take, as times of what this package takes.

/** The rows of the figure: which table of which suite, and whom it shows. */
const GROUPS = [
  { title: 'One free port', suite: 'pick', table: 'One pick' },
  { title: 'Load the package and pick', suite: 'load', table: 'Load and first pick' },
  { title: 'Scan 65,535 ports by connecting', suite: 'scan', table: 'Connect, to 127.0.0.1' },
  { title: 'Know that a server listens', suite: 'wait', table: /from listen/ },
];
const LEFT_OUT = /^(selectRandom\(\)|get-port over|raw C, 1 thread|Python loop)/;

const WIDTH = 760;
const LABEL = 250;
const BAR = 18;
const GAP = 6;
const COLOURS = { ours: '#1a7f5a', raw: '#8a8f98', peer: '#c98b2d' };

/** @param {Record<string, any[]>} kept the tables of the last run by suite */
export function drawFigure(kept) {
  const groups = GROUPS.flatMap(({ title, suite, table }) => {
    const found = kept[suite]?.find((one) =>
      typeof table === 'string' ? one.title === table : table.test(one.title),
    );
    if (found === undefined) return [];
    const lines = found.lines.filter(({ name }) => !LEFT_OUT.test(name));
    return { title: `${title} (ours: ${show(found, found.reference)})`, reference: found.reference, lines };
  });
  const most = Math.max(...groups.flatMap(({ lines }) => lines.map(({ times = 1 }) => times)));
  const parts = [];
  let y = 12;
  for (const { title, reference, lines } of groups) {
    parts.push(`<text x="12" y="${y + 14}" font-weight="bold">${escaped(title)}</text>`);
    y += 24;
    for (const { name, times = 1 } of [...lines].sort((a, b) => (a.times ?? 1) - (b.times ?? 1))) {
      const isOurs = name === reference;
      const colour = isOurs ? COLOURS.ours : /^raw C/.test(name) ? COLOURS.raw : COLOURS.peer;
      const width = scale(times, most);
      parts.push(
        `<text x="${LABEL - 8}" y="${y + 13}" text-anchor="end">${escaped(isOurs ? 'port-for-native' : name)}</text>`,
        `<rect x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${colour}"/>`,
        `<text x="${(LABEL + width + 6).toFixed(1)}" y="${y + 13}">${isOurs ? '1' : digits(times)}</text>`,
      );
      y += BAR + GAP;
    }
    y += 12;
  }
  parts.push(
    `<text x="12" y="${y + 8}" fill="#666">Times as long as ours, on a logarithmic scale: shorter is faster.</text>`,
  );
  y += 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" font-family="sans-serif" font-size="13" role="img">`,
    '<title>How long peers and plain C take, as times of port-for-native</title>',
    `<rect width="${WIDTH}" height="${y}" fill="#fff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** The length of a bar: each tenfold is as long, from half of ours on. */
function scale(times, most) {
  const least = 0.25;
  const share = Math.log(Math.max(times, least * 1.05) / least) / Math.log(most / least);
  return share * (WIDTH - LABEL - 60);
}

function show({ unit, lines }, reference) {
  return `${digits(lines.find(({ name }) => name === reference)?.median ?? Number.NaN)} ${unit}`;
}

function digits(value) {
  return Number(value.toPrecision(2)).toLocaleString('en');
}

function escaped(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}
