import { PORT_FOR } from './modes';
import { run } from './run';
import { toCommand } from './table/read-call';

run(toCommand(PORT_FOR));
