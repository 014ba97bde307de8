#!/usr/bin/env node
import { USUAL_CALLS } from './bind-mode';
import { run } from './run';
import { readCall, toCommand } from './table/read-call';

/** Whether a call prints the ports of names, as most do: then the code of all other modes need not be loaded. */
function isUsual(words: readonly string[]): boolean {
  try {
    return readCall(USUAL_CALLS, words).call.values.bind === undefined;
  } catch {
    // It has another mode, or invalid words.
    return false;
  }
}

if (isUsual(process.argv.slice(2))) {
  run({ ...toCommand(USUAL_CALLS), usage: () => 'usage: port-for NAME... [OPTIONS] (see port-for --help)' });
} else {
  // A bundle of its own, beside this one.
  require('./port-for-all');
}
