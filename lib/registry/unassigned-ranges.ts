// Apart from ./unassigned, so that the table is read when the constant is first used, rather than by whoever loads the package.

import type { PortRange } from '../ports/port';
import { unassignedRanges } from './unassigned';

/** The unassigned ranges of TCP: what `unassignedRanges('tcp')` returns. */
export const UNASSIGNED_RANGES: readonly PortRange[] = unassignedRanges('tcp');
