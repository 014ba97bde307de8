import { invalidValue } from '../arguments/invalid-argument';
import { checkOptions, checkWholeNumber, type OptionNames } from '../arguments/options';
import { type KernelPorts, kernelPorts } from '../machine/ephemeral-range';
import { checkPort, MAX_PORT, type PortRange } from '../ports/port';
import { goodRuns, longestFirst, longRuns, subtractRanges } from '../ports/port-runs';
import { PortSet, toPortSet } from '../ports/port-set';
import type { PortSpec } from '../ports/port-spec';
import type { Transport } from '../ports/transport';
import { checkTransport } from '../ports/transport';
import { unassignedRanges } from './unassigned';

/** The ports that an ordinary user cannot bind (RFC 6335). */
const SYSTEM_PORTS: PortRange = { low: 1, high: 1023 };

const MIN_RANGE_LENGTH = 20;
const BORDER = 3;

/** Which available ports are wanted. */
export interface AvailablePortsOptions {
  /** The lowest port wanted; 1024 by default, and no lower one is ever available. */
  readonly low?: number | undefined;
  /** The highest port wanted; 65535 by default. */
  readonly high?: number | undefined;
  /** Ports that are not wanted; none by default. */
  readonly excludeRanges?: PortSpec | undefined;
  /** Whose registry counts; TCP's by default. */
  readonly transport?: Transport | undefined;
}

/** What makes a run of neighbouring ports good. */
export interface GoodPortOptions {
  /** How much longer than its two borders a run of ports is, at the least, from low to high; 20 by default. */
  readonly minRangeLength?: number | undefined;
  /** How many ports a run loses at each end, since services take ports near to one another; 3 by default. */
  readonly border?: number | undefined;
}

/** Where to look for good ranges. */
export interface GoodPortRangesOptions extends GoodPortOptions {
  /** Among which ports to look; {@link availablePorts} by default. */
  readonly ports?: PortSpec | undefined;
}

/** Which good ports are wanted. */
export interface AvailableGoodPortsOptions extends GoodPortOptions {
  /** Whose registry counts; TCP's by default. */
  readonly transport?: Transport | undefined;
}

const AVAILABLE_PORTS_OPTIONS: OptionNames<AvailablePortsOptions> = {
  low: true,
  high: true,
  excludeRanges: true,
  transport: true,
};

const GOOD_PORT_OPTIONS: OptionNames<GoodPortOptions> = { minRangeLength: true, border: true };

const GOOD_PORT_RANGES_OPTIONS: OptionNames<GoodPortRangesOptions> = { ...GOOD_PORT_OPTIONS, ports: true };

const AVAILABLE_GOOD_PORTS_OPTIONS: OptionNames<AvailableGoodPortsOptions> = {
  ...GOOD_PORT_OPTIONS,
  transport: true,
};

/**
 * The ports from `low` to `high`, both included, that are nobody's: unassigned, no system ports, and neither in the
 * kernel's ephemeral ranges nor reserved by the administrator. Whether they are free right now is another question, which
 * `isAvailable` answers too: prefer the other name of this function, `unassignedPorts`.
 * @param options bounds, exclusions and transport; TCP ports from 1024 on by default
 * @throws TypeError or RangeError for an invalid option
 */
export function availablePorts(options: AvailablePortsOptions = {}): PortSet {
  const {
    low = SYSTEM_PORTS.high + 1,
    high = MAX_PORT,
    excludeRanges = [],
    transport = 'tcp',
  } = checkOptions(options, AVAILABLE_PORTS_OPTIONS);
  checkPort(low, 'low');
  checkPort(high, 'high');
  if (low > high) throw invalidValue(`low ${low} is above high ${high}: expected a low that is not`);
  const excluded = toPortSet(excludeRanges, 'excludeRanges');
  const unassigned = unassignedRanges(checkTransport(transport));
  const available = new PortSet(subtractRanges(unassigned, claimedRanges(kernelPorts())));
  return available.intersection({ low, high }).difference(excluded);
}

/**
 * The good part of `ports`, as ranges, longest first and of equal ones the highest first: runs of neighbouring ports
 * with `high - low >= minRangeLength + 2 * border`, less `border` ports at each end (the rule of port-for 0.4).
 * @param options the ports to look among and what makes a run good
 * @throws TypeError or RangeError for an invalid option
 */
export function goodPortRanges(options: GoodPortRangesOptions = {}): PortRange[] {
  const {
    ports,
    minRangeLength = MIN_RANGE_LENGTH,
    border = BORDER,
  } = checkOptions(options, GOOD_PORT_RANGES_OPTIONS);
  checkWholeNumber(minRangeLength, 'minRangeLength');
  checkWholeNumber(border, 'border');
  const among = ports === undefined ? availablePorts() : toPortSet(ports, 'ports');
  return longestFirst(goodRuns(among.ranges(), minRangeLength, border));
}

/**
 * The ports of {@link goodPortRanges} among {@link availablePorts}, as a set: what a port is picked from when nobody
 * says from where. Prefer its other name, `goodPorts`: whether they are free is not looked at. Calls after the first cost less than a microsecond, until the kernel's settings change.
 * @param options what makes a run good, and the transport; TCP by default
 * @throws TypeError or RangeError for an invalid option
 */
export function availableGoodPorts(options: AvailableGoodPortsOptions = {}): PortSet {
  const {
    minRangeLength = MIN_RANGE_LENGTH,
    border = BORDER,
    transport = 'tcp',
  } = checkOptions(options, AVAILABLE_GOOD_PORTS_OPTIONS);
  checkWholeNumber(minRangeLength, 'minRangeLength');
  checkWholeNumber(border, 'border');
  checkTransport(transport);
  return goodPorts(transport, minRangeLength, border);
}

/** {@link availableGoodPorts} without options but the transport. */
export function usualGoodPorts(transport: Transport): PortSet {
  return goodPorts(transport, MIN_RANGE_LENGTH, BORDER);
}

function goodPorts(transport: Transport, minRangeLength: number, border: number): PortSet {
  const kernel = kernelPorts();
  if (kernel !== remembered.kernel) remembered = { kernel, sets: new Map() };
  const key = `${transport} ${minRangeLength} ${border}`;
  const known = remembered.sets.get(key);
  if (known !== undefined) return known;

  // A run that is too short in the registry does not grow by what is taken from it: this saves most of the work.
  const runs = longRuns(unassignedRanges(transport), minRangeLength, border);
  const good = goodRuns(subtractRanges(runs, claimedRanges(kernel)), minRangeLength, border);
  const ports = new PortSet(good);
  if (remembered.sets.size >= MOST_REMEMBERED) remembered.sets.clear();
  remembered.sets.set(key, ports);
  return ports;
}

function claimedRanges(kernel: KernelPorts): PortRange[] {
  return [SYSTEM_PORTS, ...kernel.ephemeralRanges, ...kernel.reservedRanges, ...kernel.excludedRanges];
}

/** A set takes 8 KiB; hardly a program asks with more than one set of options. */
const MOST_REMEMBERED = 16;

let remembered: { kernel?: KernelPorts; sets: Map<string, PortSet> } = { sets: new Map() };

export { availableGoodPorts as goodPorts, availablePorts as unassignedPorts };
