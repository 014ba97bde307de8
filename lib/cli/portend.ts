#!/usr/bin/env node
import { lookupsUnderWay } from '../host/resolve';
import { run } from './run';
import { toCommand } from './table/read-call';
import { PORTEND } from './waiting/table';

run(toCommand(PORTEND)).then(() => {
  // A resolver that does not answer would keep the process for many seconds more.
  if (lookupsUnderWay() > 0) process.exit();
});
