#!/usr/bin/env node
import { lookupsUnderWay } from '../host/resolve';
import { print } from './print';
import { isUsageError, run } from './run';
import { toCommand } from './table/read-call';
import { PORTEND } from './waiting/table';
import { joinStart } from './waiting/words';

const command = toCommand(PORTEND);

async function main(words: readonly string[]): Promise<number> {
  try {
    return await command.main(joinStart(words));
  } catch (error) {
    if (isUsageError(error) && wantsJson(words)) {
      print(JSON.stringify({ ok: false, error: { code: 'ERR_PORT_INVALID_VALUE', message: error.message } }));
    }
    throw error;
  }
}

/** Whether words that cannot be read ask for JSON all the same. */
function wantsJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end < 0 ? undefined : end).some((word) => /^(?:--json|-[a-z]*j)/.test(word));
}

run({ ...command, main }).then(() => {
  // A resolver that does not answer would keep the process for many seconds more.
  if (lookupsUnderWay() > 0) process.exit();
});
