import { writeFileSync } from 'node:fs';
import { portMap } from '../../map/port-map';
import { CommandError } from '../command-error';
import { EXIT, type ExitCode } from '../exit-code';
import type { PortForCall } from '../options';
import { print } from '../print';
import { UsageError } from '../usage-error';

/** `port-for --map`: a picture of all ports, on the terminal or in a file. */
export async function map({ values }: PortForCall): Promise<ExitCode> {
  const { html, svg, config } = values;
  if (html === '-' && svg === '-')
    throw new UsageError('only one of --html and --svg goes to standard output');
  if (html === '' || svg === '')
    throw new UsageError(`${html === '' ? '--html' : '--svg'} needs the name of a file`);
  const drawn = portMap({ transport: values.udp ? 'udp' : 'tcp', config });
  if (html !== undefined) writePicture(html, await page(config));
  if (svg !== undefined) {
    const { mapToSvg } = require('../../map/svg') as typeof import('../../map/svg');
    writePicture(svg, mapToSvg(drawn));
  }
  if (html === undefined && svg === undefined) {
    const { drawMap } = require('../../map/terminal') as typeof import('../../map/terminal');
    const { screen } = require('../seeing/screen') as typeof import('../seeing/screen');
    print(...drawMap(drawn, screen()));
  }
  return EXIT.done;
}

async function page(config: string | undefined): Promise<string> {
  const { mapToPage } = require('../../map/page') as typeof import('../../map/page');
  const { whoHas } = require('../../who/who-has') as typeof import('../../who/who-has');
  const maps = { tcp: portMap({ transport: 'tcp', config }), udp: portMap({ transport: 'udp', config }) };
  const used = maps.tcp.used.union(maps.udp.used);
  return mapToPage(maps, used.size === 0 ? [] : await whoHas(used, { config }));
}

function writePicture(path: string, text: string): void {
  try {
    if (path === '-') print(text.trimEnd());
    else writeFileSync(path, text);
  } catch (error) {
    throw new CommandError(EXIT.failed, `the map cannot be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
