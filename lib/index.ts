/** The whole public face of the package. */
export { ephemeralPortRanges } from './ephemeral-range';
export { HostError, NoFreePortError, PortForError, PortSystemError } from './errors';
export {
  type AvailableGoodPortsOptions,
  type AvailablePortsOptions,
  availableGoodPorts,
  availablePorts,
  type GoodPortOptions,
  type GoodPortRangesOptions,
  goodPortRanges,
} from './good-ports';
export {
  Lease,
  type LeaseOptions,
  lease,
  leaseMany,
  leaseManySync,
  leaseSync,
} from './lease';
export {
  allocate,
  allocateSync,
  type GetPortOptions,
  getPort,
  getPortSync,
  type PickOptions,
  selectRandom,
  selectRandomSync,
} from './pick';
export type { PortRange } from './port';
export { isAvailable, isAvailableSync, portIsUsed, portIsUsedSync } from './port-is-used';
export { PortSet } from './port-set';
export type { PortSpec } from './port-spec';
export { type ServiceName, serviceName, UNASSIGNED_RANGES, unassignedRanges } from './registry';
export {
  type ScanMethod,
  type ScanOptions,
  type ScanProgress,
  type ScanResult,
  type ScanSyncOptions,
  scan,
  scanSync,
} from './scan';
export { type UsedPortsOptions, usedPorts } from './used-ports';
